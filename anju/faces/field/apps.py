from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "anju.faces.field"
    label = "field"
