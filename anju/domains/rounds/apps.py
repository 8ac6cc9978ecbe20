from django.apps import AppConfig


class RoundsConfig(AppConfig):
    name = "anju.domains.rounds"
    label = "rounds"

    def ready(self) -> None:
        """Planned work is done by who is of its post; whoever gives it is told."""
        from anju.domains.rounds.queries import against_another_post  # models exist only now
        from anju.engine.loop.sending import ask_before_sending  # models exist only now

        ask_before_sending(against_another_post)
