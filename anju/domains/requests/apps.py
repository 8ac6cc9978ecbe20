from django.apps import AppConfig


class RequestsConfig(AppConfig):
    name = "anju.domains.requests"
    label = "requests"

    def ready(self) -> None:
        """Cases are found by their number in the one box."""
        from anju.domains.requests.queries import found_cases  # models exist only now
        from anju.foundation.entries.queries import find_numbered  # as above

        find_numbered(found_cases)
