from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "anju.faces.console.outbox"
    label = "outbox"
