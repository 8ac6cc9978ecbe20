from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "anju.foundation.kit"
    label = "kit"
