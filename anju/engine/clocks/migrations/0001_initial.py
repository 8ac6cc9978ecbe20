import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.ids
from anju.foundation.tenancy.fence import Fence


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0002_heartbeat"),
    ]

    operations = [
        migrations.CreateModel(
            name="Clock",
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
                ("case_id", models.UUIDField()),
                ("work_id", models.UUIDField(null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("respond", "respond"),
                            ("dispatch", "dispatch"),
                            ("accept", "accept"),
                            ("arrive", "arrive"),
                            ("finish", "finish"),
                            ("feedback", "feedback"),
                            ("verify", "verify"),
                            ("callback", "callback"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "running"),
                            ("paused", "paused"),
                            ("kept", "kept"),
                            ("broken", "broken"),
                            ("not_judgeable", "not judgeable"),
                            ("not_recorded", "not recorded"),
                            ("void", "void"),
                        ],
                        default="running",
                        max_length=13,
                    ),
                ),
                ("minutes", models.PositiveIntegerField()),
                ("calendar", models.CharField(default="always", max_length=32)),
                ("pause_cap", models.PositiveIntegerField(default=0)),
                ("ladder", models.JSONField(default=list)),
                ("pauses", models.JSONField(default=list)),
                ("started_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
                ("broken_at", models.DateTimeField(null=True)),
                ("next_at", models.DateTimeField(null=True)),
                ("rung", models.SmallIntegerField(default=0)),
                ("days", models.PositiveIntegerField(null=True)),
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
                    models.Index(fields=["company", "case_id"], name="clock_case"),
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["next_at", "company"],
                        name="clock_next",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("state__in", ["running", "broken"]), ("stopped_at__isnull", True)
                        ),
                        fields=["company", "due_at"],
                        name="clock_due",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("due_at__isnull", True), ("state", "paused")),
                            models.Q(
                                models.Q(("state", "paused"), _negated=True),
                                ("due_at__isnull", False),
                            ),
                            ("state__in", ["not_recorded", "not_judgeable", "void"]),
                            _connector="OR",
                        ),
                        name="clock_due_unless_paused",
                    )
                ],
            },
        ),
        Fence(
            grants={"clock": "SELECT, INSERT, UPDATE"},
            ticker={"clock": "SELECT (company_id, next_at)"},
        ),
    ]
