from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "anju.faces.portal"
    label = "portal"
