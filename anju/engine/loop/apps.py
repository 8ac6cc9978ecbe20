from django.apps import AppConfig


class LoopConfig(AppConfig):
    name = "anju.engine.loop"
    label = "loop"

    def ready(self) -> None:
        """What a person reported is part of what they may take along and have erased."""
        from anju.engine.loop.parts import contribute_cases  # models exist only now

        contribute_cases()
