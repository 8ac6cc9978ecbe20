from django.apps import AppConfig


class LedgersConfig(AppConfig):
    name = "anju.domains.ledgers"
    label = "ledgers"

    def ready(self) -> None:
        """Lines that have not ended are handed over at a change of shift; devices bring lines."""
        from anju.domains.ledgers import bringing  # models exist only now
        from anju.domains.ledgers.left_open import find_open, read_lines  # models exist only now
        from anju.engine.loop.left_open import leave_open  # models exist only now
        from anju.engine.offline.doing import Step, step_by  # models exist only now

        leave_open(find_open, line=read_lines)
        step_by("line", Step(bringing.bring_line, "ledger", bringing.whose_lines))
        step_by("line_more", Step(bringing.bring_more, "ledger", bringing.whose_lines))
