from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "anju.domains.staff"
    label = "staff"

    def ready(self) -> None:
        """Words of handovers belong to the data of whom they are about."""
        from anju.domains.staff.handover.parts import contribute_handovers  # models exist only now

        contribute_handovers()
