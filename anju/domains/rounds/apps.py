from django.apps import AppConfig


class RoundsConfig(AppConfig):
    name = "anju.domains.rounds"
    label = "rounds"

    def ready(self) -> None:
        """Planned work is done by who is of its post; a round has points, which are laid as its
        window opens, owed before it is done, and brought by devices; what of it is open is handed
        over at a change of shift."""
        from anju.domains.rounds.bringing import bring_point  # models exist only now
        from anju.domains.rounds.commands import lay_points  # models exist only now
        from anju.domains.rounds.left_open import (
            find_open,
            read_readings,
            read_works,
        )  # models exist only now
        from anju.domains.rounds.queries import (
            against_another_post,
            left_out,
        )  # models exist only now
        from anju.engine.loop.left_open import leave_open  # models exist only now
        from anju.engine.loop.planned import done_only_with  # models exist only now
        from anju.engine.loop.sending import ask_before_sending  # models exist only now
        from anju.engine.offline.doing import record_by  # models exist only now
        from anju.engine.plans.laying import lay_with  # models exist only now

        ask_before_sending(against_another_post)
        lay_with(lay_points)
        done_only_with(left_out)
        record_by("point", bring_point)
        leave_open(find_open, work=read_works, reading=read_readings)
