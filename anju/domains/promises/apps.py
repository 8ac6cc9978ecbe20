from django.apps import AppConfig


class PromisesConfig(AppConfig):
    name = "anju.domains.promises"
    label = "promises"
