from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "anju.engine.library"
    label = "library"
