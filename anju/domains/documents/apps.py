from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "anju.domains.documents"
    label = "documents"
