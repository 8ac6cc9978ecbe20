from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgersConfig(AppConfig):
    name = "anju.domains.ledgers"
    label = "ledgers"

    def ready(self) -> None:
        """Lines that have not ended are handed over at a change of shift; devices and workbooks
        bring lines."""
        from anju.domains.ledgers import bringing, workbook  # models exist only now
        from anju.domains.ledgers.left_open import find_open, read_lines  # models exist only now
        from anju.engine.loop.left_open import leave_open  # models exist only now
        from anju.engine.offline.doing import Step, step_by  # models exist only now
        from anju.foundation.registry.lists import give_lists  # models exist only now

        leave_open(find_open, line=read_lines)
        give_lists(workbook.KIND, _("Ledger"), workbook.sheet_given)
        step_by("line", Step(bringing.bring_line, "ledger", bringing.whose_lines))
        step_by("line_more", Step(bringing.bring_more, "ledger", bringing.whose_lines))
