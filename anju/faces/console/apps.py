from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "anju.faces.console"
    label = "console"
