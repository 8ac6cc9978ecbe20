from django.apps import AppConfig


class StandardsConfig(AppConfig):
    name = "anju.engine.standards"
    label = "standards"
