import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.ids
import anju.foundation.tenancy.fence
from anju.foundation.tenancy.fence import Fence


class Migration(migrations.Migration):
    dependencies = [
        ("places", "0001_initial"),
        ("requests", "0001_initial"),
        ("tenancy", "0002_heartbeat"),
    ]

    operations = [
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
                (
                    "place",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "-given_at", "-id"], name="handover_at")
                ],
            },
        ),
        Fence(
            grants={
                "historybatch": "SELECT, INSERT",
                "historykey": "SELECT, INSERT",
                "handover": "SELECT, INSERT, UPDATE",
            }
        ),
    ]
