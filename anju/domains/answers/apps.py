from django.apps import AppConfig


class AnswersConfig(AppConfig):
    name = "anju.domains.answers"
    label = "answers"

    def ready(self) -> None:
        """What was noted about an answer goes with whoever had asked."""
        from anju.domains.answers.parts import contribute_checks  # models exist only now

        contribute_checks()
