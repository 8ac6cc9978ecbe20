import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.ids
from anju.foundation.tenancy.fence import Fence, OwnedForeignKey


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0004_called_off"),
        ("tenancy", "0002_heartbeat"),
    ]

    operations = [
        migrations.CreateModel(
            name="DutyChange",
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
                        choices=[("leave", "leave"), ("swap", "swap"), ("stand_in", "stand-in")],
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "asked"),
                            ("agreed", "agreed by the other"),
                            ("approved", "approved"),
                            ("refused", "refused"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="asked",
                        max_length=9,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "leave",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("own", "personal leave"),
                            ("sick", "sick leave"),
                            ("annual", "annual leave"),
                            ("time_off", "time off for overtime"),
                            ("other", "other leave"),
                        ],
                        max_length=8,
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField()),
                ("decided_by", models.UUIDField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
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
                    "duty",
                    OwnedForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.duty",
                    ),
                ),
                (
                    "other",
                    OwnedForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "other_duty",
                    OwnedForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.duty",
                    ),
                ),
                (
                    "person",
                    OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "stands_in",
                    OwnedForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["asked", "agreed"])),
                        fields=["company", "starts_at"],
                        name="dutychange_open",
                    ),
                    models.Index(fields=["company", "person", "ends_at"], name="dutychange_person"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="dutychange_ends_after_it_begins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Shift",
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
                ("version", models.PositiveIntegerField(default=1)),
                ("code", models.CharField(max_length=2)),
                ("name", models.CharField(max_length=30)),
                ("begins", models.TimeField()),
                ("ends", models.TimeField()),
                ("needed", models.PositiveSmallIntegerField(default=1)),
                ("closed_on", models.DateField(blank=True, null=True)),
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
                    "post",
                    OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shifts",
                        to="people.post",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on", None)),
                        fields=("company", "post", "code"),
                        name="shift_code_once",
                    )
                ],
            },
        ),
        Fence(
            grants={
                "shift": "SELECT, INSERT, UPDATE",
                "dutychange": "SELECT, INSERT, UPDATE",
            }
        ),
    ]
