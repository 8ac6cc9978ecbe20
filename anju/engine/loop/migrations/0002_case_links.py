import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.ids
import anju.foundation.tenancy.fence
from anju.foundation.tenancy.fence import Fence


def _to_case(name):
    return anju.foundation.tenancy.fence.OwnedForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=name,
        to="loop.case",
    )


class Migration(migrations.Migration):
    dependencies = [("loop", "0001_initial"), ("tenancy", "0002_heartbeat")]

    operations = [
        migrations.CreateModel(
            name="CaseLink",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=anju.foundation.lib.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("merged", "the same matter, merged into"),
                            ("related", "has to do with"),
                            ("split", "split from"),
                            ("problem", "explained by the problem record"),
                        ],
                        max_length=8,
                    ),
                ),
                ("by", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("case", _to_case("links")),
                (
                    "company",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                ("other", _to_case("linked")),
            ],
            options={
                "indexes": [models.Index(fields=["company", "other"], name="case_link_other")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "case", "other", "kind"), name="case_link_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("case", models.F("other")), _negated=True),
                        name="case_link_of_two",
                    ),
                ],
            },
        ),
        Fence(
            grants={
                "case": "SELECT, INSERT, UPDATE",
                "workorder": "SELECT, INSERT, UPDATE",
                "record": "SELECT, INSERT",
                "numberblock": "SELECT, INSERT, UPDATE",
                "caselink": "SELECT, INSERT",
            }
        ),
    ]
