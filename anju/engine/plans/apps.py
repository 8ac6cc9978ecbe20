from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "anju.engine.plans"
    label = "plans"

    def ready(self) -> None:
        """Planned work is held and opened here before a step of it is taken."""
        from anju.engine.loop.planned import take_planned_by  # models exist only now
        from anju.engine.plans.commands.looking import hold_and_open  # models exist only now

        take_planned_by(hold_and_open)
