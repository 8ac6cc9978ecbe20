import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.ids
from anju.foundation.tenancy.fence import Fence, OwnedForeignKey


def _own(to: str) -> OwnedForeignKey:
    return OwnedForeignKey(
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=to,
    )


class Migration(migrations.Migration):
    """Handovers come from `requests`, where they were those of desks; now of any post."""

    dependencies = [
        ("people", "0001_initial"),
        ("places", "0001_initial"),
        ("requests", "0004_handover_moved"),
        ("staff", "0002_team_plan"),
        ("tenancy", "0002_heartbeat"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Handover",
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
                            "state",
                            models.CharField(
                                choices=[
                                    ("given", "to be taken over"),
                                    ("taken", "taken over"),
                                    ("replaced", "replaced"),
                                ],
                                default="given",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("giver", models.UUIDField()),
                        ("given_at", models.DateTimeField()),
                        ("taker", models.UUIDField(null=True)),
                        ("taken_at", models.DateTimeField(null=True)),
                        ("lines", models.JSONField(default=list)),
                        ("gone", models.JSONField(default=list)),
                        ("taken", models.JSONField(default=dict)),
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
                        ("place", _own("places.place")),
                    ],
                    options={
                        "db_table": "requests_handover",
                        "indexes": [
                            models.Index(fields=["company", "-given_at", "-id"], name="handover_at")
                        ],
                    },
                ),
            ]
        ),
        migrations.AddField("handover", "post", _own("people.post")),
        migrations.AddField("handover", "until", models.DateTimeField(null=True)),
        migrations.AddField("handover", "things", models.JSONField(default=list)),
        migrations.AddIndex(
            "handover",
            models.Index(fields=["company", "post", "-given_at"], name="handover_post"),
        ),
        Fence(
            grants={
                "shift": "SELECT, INSERT, UPDATE",
                "dutychange": "SELECT, INSERT, UPDATE",
                "teamplan": "SELECT, INSERT, UPDATE",
                "handover": "SELECT, INSERT, UPDATE",
            }
        ),
    ]
