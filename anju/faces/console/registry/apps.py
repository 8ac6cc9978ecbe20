from django.apps import AppConfig


class RegistryPagesConfig(AppConfig):
    name = "anju.faces.console.registry"
    label = "registry_pages"
