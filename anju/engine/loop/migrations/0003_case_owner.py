import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.ids
from anju.foundation.tenancy.fence import Fence, OwnedForeignKey


def _to(model, **more):
    return OwnedForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=model,
        **more,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("loop", "0002_case_links"),
        ("people", "0003_post_desk"),
        ("tenancy", "0002_heartbeat"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseOwner",
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
                ("stage", models.SmallIntegerField(default=0)),
                ("since", models.DateTimeField()),
                ("look_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=0)),
                ("case", _to("loop.case")),
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
                ("person", _to("people.person", null=True)),
                ("post", _to("people.post", null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["company", "person"], name="case_owner_person")],
                "constraints": [
                    models.UniqueConstraint(fields=("company", "case"), name="case_owner_once")
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
                "caseowner": "SELECT, INSERT, UPDATE",
            }
        ),
    ]
