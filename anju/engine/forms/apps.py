from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "anju.engine.forms"
    label = "forms"
