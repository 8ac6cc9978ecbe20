from django.apps import AppConfig


class StartConfig(AppConfig):
    name = "anju.faces.console.start"
    label = "start"
