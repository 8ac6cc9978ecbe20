from django.apps import AppConfig


class EmergencyConfig(AppConfig):
    name = "anju.domains.emergency"
    label = "emergency"
