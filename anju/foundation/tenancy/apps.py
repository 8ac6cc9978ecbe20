from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "anju.foundation.tenancy"
    label = "tenancy"
