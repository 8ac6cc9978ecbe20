import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.ids
from anju.foundation.tenancy.fence import Fence, OwnedForeignKey


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("places", "0001_initial"),
        ("tenancy", "0002_heartbeat"),
    ]

    operations = [
        migrations.CreateModel(
            name="Contract",
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
                ("number", models.CharField(max_length=40)),
                ("client", models.CharField(max_length=120)),
                ("provider", models.CharField(max_length=120)),
                ("first", models.DateField()),
                ("last", models.DateField()),
                ("ended_on", models.DateField(null=True)),
                ("notices", models.JSONField(default=list)),
                ("told", models.JSONField(default=list)),
                ("grade", models.CharField(blank=True, max_length=80)),
                ("fee_basis", models.CharField(blank=True, max_length=300)),
                ("clauses", models.JSONField(default=list)),
                ("edited", models.PositiveIntegerField(default=1)),
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
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "place", "first"], name="promises_contract_at")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "number"), name="promises_contract_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last__gte", models.F("first"))),
                        name="promises_contract_term",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Need",
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
                ("code", models.SlugField(max_length=32)),
                ("text", models.CharField(max_length=300)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("survey", "Survey"),
                            ("interview", "Interview"),
                            ("meeting", "Meeting"),
                            ("complaints", "Analysis of complaints"),
                        ],
                        max_length=12,
                    ),
                ),
                ("weights", models.JSONField(default=dict)),
                ("category", models.CharField(blank=True, max_length=120)),
                ("heard", models.PositiveIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "counts"), ("dropped", "no longer counts")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("edited", models.PositiveIntegerField(default=1)),
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
                    models.UniqueConstraint(fields=("company", "code"), name="promises_need_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Service",
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
                ("code", models.SlugField(max_length=32)),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("desk", "Desk"),
                            ("order", "Order"),
                            ("cleaning", "Cleaning"),
                            ("greening", "Greening"),
                            ("engineering", "Engineering"),
                            ("conduct", "Conduct"),
                            ("value", "Value-added"),
                        ],
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("scope", models.CharField(blank=True, max_length=300)),
                ("customers", models.JSONField(default=list)),
                ("hours", models.CharField(blank=True, max_length=120)),
                ("standards", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[("offered", "offered"), ("ended", "no longer offered")],
                        default="offered",
                        max_length=8,
                    ),
                ),
                ("edited", models.PositiveIntegerField(default=1)),
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "place", "code"), name="promises_service_once"
                    )
                ],
            },
        ),
        Fence(
            grants={
                "need": "SELECT, INSERT, UPDATE",
                "service": "SELECT, INSERT, UPDATE",
                "contract": "SELECT, INSERT, UPDATE",
            }
        ),
    ]
