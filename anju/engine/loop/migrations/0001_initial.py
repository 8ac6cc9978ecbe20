import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.clock
import anju.foundation.lib.ids
import anju.foundation.tenancy.fence
from anju.foundation.tenancy.fence import Fence

# The floor below knows a case by its id only; this floor ties the two, the company included.
TIE = """
ALTER TABLE clocks_clock ADD CONSTRAINT clocks_clock_case_own
  FOREIGN KEY (company_id, case_id) REFERENCES loop_case (company_id, id);
ALTER TABLE clocks_clock ADD CONSTRAINT clocks_clock_work_own
  FOREIGN KEY (company_id, work_id) REFERENCES loop_workorder (company_id, id);
"""
UNTIE = """
ALTER TABLE clocks_clock DROP CONSTRAINT clocks_clock_case_own;
ALTER TABLE clocks_clock DROP CONSTRAINT clocks_clock_work_own;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("clocks", "0001_initial"),
        ("people", "0001_initial"),
        ("places", "0001_initial"),
        ("standards", "0001_initial"),
        ("tenancy", "0002_heartbeat"),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
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
                ("number", models.CharField(max_length=32)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("repair", "repair"),
                            ("complaint", "complaint"),
                            ("suggestion", "suggestion"),
                            ("enquiry", "enquiry"),
                            ("praise", "praise"),
                            ("booking", "booking"),
                            ("application", "application"),
                            ("finding", "finding"),
                            ("alarm", "alarm"),
                            ("incident", "incident"),
                        ],
                        max_length=12,
                    ),
                ),
                ("category", models.CharField(blank=True, max_length=120)),
                ("title", models.CharField(max_length=300)),
                ("text", models.TextField(blank=True)),
                ("urgency", models.SmallIntegerField(default=3)),
                ("urgency_reason", models.CharField(blank=True, max_length=120)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("desk", "front desk"),
                            ("phone", "telephone"),
                            ("lobby", "lobby"),
                            ("web", "resident web"),
                            ("app", "mobile app"),
                            ("wechat", "WeChat"),
                            ("email", "email"),
                            ("qr", "QR code"),
                            ("box", "suggestion box"),
                            ("visit", "visit"),
                            ("government", "government hotline"),
                            ("staff", "staff"),
                            ("patrol", "patrol"),
                            ("sensor", "sensor"),
                            ("api", "API"),
                            ("import", "imported"),
                            ("other", "other channel"),
                            ("unknown", "not recorded"),
                        ],
                        default="desk",
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("answered", "answered"),
                            ("closed", "closed"),
                            ("void", "void"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("at", models.DateTimeField()),
                ("noted_at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
                ("day", models.DateField()),
                ("told_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("reopened", models.SmallIntegerField(default=0)),
                ("waived", models.BooleanField(default=False)),
                ("outcome", models.CharField(blank=True, max_length=13)),
                ("item", models.CharField(blank=True, max_length=60)),
                ("history", models.BooleanField(default=False)),
                (
                    "asset",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
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
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                    ),
                ),
                (
                    "reporter",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "standard",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="standards.standard",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "-at", "-id"], name="case_at"),
                    models.Index(fields=["company", "place", "-at"], name="case_place"),
                    models.Index(
                        condition=models.Q(("state__in", ["open", "answered"])),
                        fields=["company", "state", "-at"],
                        name="case_live",
                    ),
                    models.Index(
                        condition=models.Q(("reporter__isnull", False)),
                        fields=["company", "reporter"],
                        name="case_reporter",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("company", "number"), name="case_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("item", ""), _negated=True),
                            ("state__in", ["open", "answered"]),
                        ),
                        fields=("company", "item", "place", "asset"),
                        name="case_one_open_finding",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NumberBlock",
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
                ("series", models.CharField(max_length=16)),
                ("day", models.DateField()),
                ("taken", models.PositiveIntegerField(default=0)),
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
                        fields=("company", "series", "day"), name="number_block_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkOrder",
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
                ("title", models.CharField(max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "to be dispatched"),
                            ("assigned", "dispatched"),
                            ("accepted", "accepted"),
                            ("arrived", "arrived"),
                            ("doing", "in progress"),
                            ("held", "on hold"),
                            ("done", "to be verified"),
                            ("passed", "passed"),
                            ("void", "void"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("opened_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("done_by", models.UUIDField(null=True)),
                ("held_reason", models.CharField(blank=True, max_length=200)),
                ("failed", models.SmallIntegerField(default=0)),
                (
                    "asset",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.asset",
                    ),
                ),
                (
                    "case",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="work",
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
                    "person",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
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
                (
                    "post",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
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
                    models.Index(fields=["company", "case"], name="work_case"),
                    models.Index(
                        condition=models.Q(("state__in", ["passed", "void"]), _negated=True),
                        fields=["company", "person", "state"],
                        name="work_live_person",
                    ),
                    models.Index(fields=["company", "-opened_at", "-id"], name="work_opened"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Record",
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
                ("kind", models.CharField(max_length=12)),
                ("item", models.CharField(blank=True, max_length=60)),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[("pass", "pass"), ("fail", "fail"), ("na", "not applicable")],
                        max_length=4,
                    ),
                ),
                ("judge", models.CharField(default="person", max_length=8)),
                ("value", models.JSONField(default=dict)),
                ("file_id", models.UUIDField(null=True)),
                ("by", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("noted_at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
                (
                    "asset",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.asset",
                    ),
                ),
                (
                    "case",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
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
                    "place",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                    ),
                ),
                (
                    "work",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="loop.workorder",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "case", "noted_at"], name="record_case")
                ],
            },
        ),
        Fence(
            grants={
                "case": "SELECT, INSERT, UPDATE",
                "workorder": "SELECT, INSERT, UPDATE",
                "record": "SELECT, INSERT",
                "numberblock": "SELECT, INSERT, UPDATE",
            }
        ),
        migrations.RunSQL(TIE, UNTIE),
    ]
