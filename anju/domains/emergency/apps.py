from django.apps import AppConfig


class EmergencyConfig(AppConfig):
    name = "anju.domains.emergency"
    label = "emergency"

    def ready(self) -> None:
        """What runs is handed over at a change of shift."""
        from anju.domains.emergency.left_open import find_open  # models exist only now
        from anju.engine.loop.left_open import leave_open  # models exist only now

        leave_open(find_open)
