from django.apps import AppConfig


class RequestsConfig(AppConfig):
    name = "anju.domains.requests"
    label = "requests"

    def ready(self) -> None:
        """Cases are found by their number; who should not be sent is known to whoever sends, and
        what is open to whoever hands a shift over."""
        from anju.domains.requests import queries  # models exist only now
        from anju.domains.requests.bringing import bring_report  # models exist only now
        from anju.domains.requests.left_open import find_open, read_cases  # models exist only now
        from anju.engine.loop.left_open import leave_open  # models exist only now
        from anju.engine.loop.sending import ask_before_sending  # models exist only now
        from anju.engine.offline.doing import record_by  # models exist only now
        from anju.foundation.entries.queries import find_numbered  # models exist only now

        find_numbered(queries.found_cases)
        ask_before_sending(queries.reasons_against)
        record_by("report", bring_report)
        leave_open(find_open, case=read_cases)
