from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "anju.domains.documents"
    label = "documents"

    def ready(self) -> None:
        """What somebody answered goes with them."""
        from anju.domains.documents.parts import contribute_readings  # models exist only now

        contribute_readings()
