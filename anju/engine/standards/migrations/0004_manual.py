import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.clock
import anju.foundation.lib.ids
from anju.foundation.tenancy.fence import Fence


class Migration(migrations.Migration):
    dependencies = [
        ("standards", "0003_versions"),
        ("tenancy", "0002_heartbeat"),
    ]

    operations = [
        migrations.CreateModel(
            name="Manual",
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
                ("language", models.CharField(max_length=16)),
                ("digest", models.CharField(max_length=64)),
                ("on", models.DateField()),
                ("by", models.UUIDField()),
                ("asked_at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "being made"), ("made", "made"), ("failed", "failed")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(null=True)),
                ("file_id", models.UUIDField(null=True)),
                ("made_at", models.DateTimeField(null=True)),
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="manual_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("company", "digest"), name="manual_once")
                ],
            },
        ),
        Fence(
            grants={
                "standard": "SELECT, INSERT, UPDATE",
                "step": "SELECT, INSERT",
                "manual": "SELECT, INSERT, UPDATE",
            },
            ticker={"manual": "SELECT (company_id, due_at)"},
        ),
    ]
