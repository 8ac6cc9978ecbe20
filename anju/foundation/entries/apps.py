from django.apps import AppConfig


class EntriesConfig(AppConfig):
    name = "anju.foundation.entries"
    label = "entries"
