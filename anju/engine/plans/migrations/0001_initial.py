import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.ids
from anju.foundation.tenancy.fence import Fence, OwnedForeignKey


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("loop", "0004_meeting"),
        ("people", "0003_post_desk"),
        ("places", "0001_initial"),
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
                ("code", models.SlugField(max_length=16)),
                ("name", models.CharField(max_length=120)),
                ("standard", models.CharField(blank=True, max_length=32)),
                ("when", models.JSONField()),
                ("calendar", models.CharField(default="always", max_length=32)),
                ("early", models.PositiveIntegerField(default=0)),
                ("late", models.PositiveIntegerField(default=60)),
                ("make_up", models.PositiveIntegerField(default=0)),
                (
                    "catch_up",
                    models.CharField(
                        choices=[
                            ("none", "nothing is made up"),
                            ("last", "the last of them is made up"),
                            ("all", "all of them are made up"),
                        ],
                        default="none",
                        max_length=4,
                    ),
                ),
                ("labour", models.PositiveIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "in force"), ("paused", "paused"), ("ended", "ended")],
                        default="active",
                        max_length=6,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("made_until", models.CharField(max_length=19)),
                ("look_at", models.DateTimeField(null=True)),
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
                    OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                    ),
                ),
                (
                    "post",
                    OwnedForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.post",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("look_at__isnull", False)),
                        fields=["company", "look_at"],
                        name="plan_look",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "place", "code"), name="plan_code_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Occurrence",
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
                ("named", models.CharField(max_length=19)),
                ("at", models.DateTimeField()),
                ("opens_at", models.DateTimeField()),
                ("closes_at", models.DateTimeField()),
                ("withdrawn", models.BooleanField(default=False)),
                (
                    "asset",
                    OwnedForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.asset",
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
                    "place",
                    OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                    ),
                ),
                (
                    "work",
                    OwnedForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="occurrence",
                        to="loop.workorder",
                    ),
                ),
                (
                    "plan",
                    OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="occurrences",
                        to="plans.plan",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "plan", "at"], name="occurrence_at"),
                    models.Index(fields=["company", "work"], name="occurrence_work"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn", False)),
                        fields=("company", "plan", "named", "place", "asset"),
                        name="occurrence_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanSubject",
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
                ("since", models.PositiveIntegerField(default=1)),
                ("until", models.PositiveIntegerField(null=True)),
                (
                    "asset",
                    OwnedForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.asset",
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
                    "place",
                    OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                    ),
                ),
                (
                    "plan",
                    OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subjects",
                        to="plans.plan",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("company", "plan", "place", "asset"),
                        name="plan_subject_once",
                        nulls_distinct=False,
                    )
                ]
            },
        ),
        Fence(
            grants={
                "plan": "SELECT, INSERT, UPDATE",
                "plansubject": "SELECT, INSERT, UPDATE",
                "occurrence": "SELECT, INSERT, UPDATE",
            }
        ),
    ]
