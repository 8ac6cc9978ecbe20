from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "anju.domains.staff"
    label = "staff"
