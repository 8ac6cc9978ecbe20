from django.apps import AppConfig


class RequestsConfig(AppConfig):
    name = "anju.domains.requests"
    label = "requests"

    def ready(self) -> None:
        """Cases are found by their number; who should not be sent is known to whoever sends."""
        from anju.domains.requests import queries  # models exist only now
        from anju.engine.loop.sending import ask_before_sending  # models exist only now
        from anju.foundation.entries.queries import find_numbered  # models exist only now

        find_numbered(queries.found_cases)
        ask_before_sending(queries.reasons_against)
