import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from anju.foundation.tenancy.fence import Fence, OwnedForeignKey

DONE = Q(case__isnull=True, done_at__isnull=False)


def _to(model):
    return OwnedForeignKey(
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="linked",
        to=model,
    )


class Migration(migrations.Migration):
    dependencies = [("loop", "0009_rework")]

    operations = [
        migrations.AlterField(model_name="caselink", name="other", field=_to("loop.case")),
        migrations.AddField(model_name="caselink", name="work", field=_to("loop.workorder")),
        migrations.AddConstraint(
            model_name="caselink",
            constraint=models.UniqueConstraint(
                condition=Q(work__isnull=False),
                fields=("company", "case", "work"),
                name="case_link_work_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="caselink",
            constraint=models.CheckConstraint(
                condition=Q(other__isnull=False, work__isnull=True)
                | Q(kind="rework", other__isnull=True, work__isnull=False),
                name="case_link_to_one",
            ),
        ),
        migrations.AddIndex(
            model_name="caselink",
            index=models.Index(
                condition=Q(work__isnull=False), fields=["company", "work"], name="case_link_work"
            ),
        ),
        migrations.AddIndex(
            model_name="workorder",
            index=models.Index(
                condition=DONE, fields=["company", "place", "done_at"], name="work_planned_place"
            ),
        ),
        migrations.AddIndex(
            model_name="workorder",
            index=models.Index(
                condition=Q(asset__isnull=False, case__isnull=True, done_at__isnull=False),
                fields=["company", "asset", "done_at"],
                name="work_planned_asset",
            ),
        ),
        Fence(
            grants={
                "case": "SELECT, INSERT, UPDATE",
                "workorder": "SELECT, INSERT, UPDATE",
                "record": "SELECT, INSERT",
                "numberblock": "SELECT, INSERT, UPDATE",
                "caselink": "SELECT, INSERT",
                "caseowner": "SELECT, INSERT, UPDATE",
            }
        ),
    ]
