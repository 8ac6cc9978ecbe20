from django.apps import AppConfig


class OfflineConfig(AppConfig):
    name = "anju.engine.offline"
    label = "offline"
