from django.apps import AppConfig


class RoundsConfig(AppConfig):
    name = "anju.domains.rounds"
    label = "rounds"
