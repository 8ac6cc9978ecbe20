from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "anju.domains.intake"
    label = "intake"

    def ready(self) -> None:
        """What waits here and names a person goes with the person."""
        from anju.domains.intake.parts import contribute_arrivals  # models exist only now

        contribute_arrivals()
