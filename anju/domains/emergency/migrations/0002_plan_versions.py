import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.clock
import anju.foundation.lib.ids
import anju.foundation.tenancy.fence
from anju.foundation.tenancy.fence import Fence


class Migration(migrations.Migration):
    dependencies = [
        ("emergency", "0001_initial"),
        ("tenancy", "0002_heartbeat"),
    ]

    operations = [
        migrations.AddField(
            model_name="emergency",
            name="name",
            field=models.CharField(blank=True, default="", max_length=60),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="emergency",
            name="outside",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="emergency",
            name="plan_version",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="emergency",
            name="roles",
            field=models.JSONField(default=list),
        ),
        migrations.CreateModel(
            name="PlanPast",
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
                ("number", models.PositiveIntegerField()),
                ("body", models.JSONField()),
                ("until", models.DateTimeField(default=anju.foundation.lib.clock.now)),
                ("by", models.UUIDField()),
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
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="past",
                        to="emergency.plan",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "plan", "number"), name="emergency_planpast_once"
                    )
                ],
            },
        ),
        Fence(
            grants={
                "plan": "SELECT, INSERT, UPDATE",
                "planpast": "SELECT, INSERT",
                "emergency": "SELECT, INSERT, UPDATE",
            }
        ),
    ]
