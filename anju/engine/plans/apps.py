from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "anju.engine.plans"
    label = "plans"
