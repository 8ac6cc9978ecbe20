from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "anju.foundation.calendars"
    label = "calendars"
