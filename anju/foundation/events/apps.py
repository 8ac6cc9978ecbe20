from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "anju.foundation.events"
    label = "events"
