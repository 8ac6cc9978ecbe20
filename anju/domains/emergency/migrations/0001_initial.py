import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.clock
import anju.foundation.lib.ids
from anju.foundation.tenancy.fence import Fence, OwnedForeignKey


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("loop", "0003_case_owner"),
        ("tenancy", "0002_heartbeat"),
    ]

    operations = [
        migrations.CreateModel(
            name="Plan",
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
                ("code", models.CharField(max_length=12)),
                ("rank", models.SmallIntegerField()),
                ("icon", models.CharField(max_length=12)),
                ("name", models.CharField(max_length=60)),
                ("words", models.CharField(blank=True, max_length=200)),
                ("category", models.CharField(max_length=120)),
                ("notice", models.CharField(max_length=300)),
                ("steps", models.JSONField(default=list)),
                ("outside", models.JSONField(default=list)),
                ("roles", models.JSONField(default=list)),
                ("version", models.PositiveIntegerField(default=1)),
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("company", "code"), name="emergency_plan_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Emergency",
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
                ("at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
                ("by", models.UUIDField()),
                ("steps", models.JSONField(default=list)),
                ("told", models.PositiveSmallIntegerField(default=0)),
                ("done", models.JSONField(default=dict)),
                ("reached", models.JSONField(default=dict)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "case",
                    OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loop.case",
                    ),
                ),
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
                    "plan",
                    OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="emergency.plan",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["company", "-at"], name="emergency_at")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "case"), name="emergency_once_a_case"
                    )
                ],
            },
        ),
        Fence(grants={"plan": "SELECT, INSERT, UPDATE", "emergency": "SELECT, INSERT, UPDATE"}),
    ]
