from django.apps import AppConfig


class ClocksConfig(AppConfig):
    name = "anju.engine.clocks"
    label = "clocks"
