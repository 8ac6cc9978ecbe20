import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.clock
import anju.foundation.lib.ids
from anju.foundation.tenancy.fence import Fence


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Answer",
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
                ("series", models.UUIDField()),
                ("version", models.PositiveIntegerField(default=1)),
                ("question", models.CharField(max_length=200)),
                ("words", models.CharField(blank=True, max_length=200)),
                ("category", models.CharField(blank=True, max_length=120)),
                ("text", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[("current", "current"), ("past", "past")],
                        default="current",
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
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
                    models.UniqueConstraint(
                        fields=("company", "series", "version"), name="answer_version_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "current")),
                        fields=("company", "series"),
                        name="answer_one_current",
                    ),
                ],
            },
        ),
        Fence(grants={"answer": "SELECT, INSERT, UPDATE"}),
    ]
