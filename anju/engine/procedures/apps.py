from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    name = "anju.engine.procedures"
    label = "procedures"
