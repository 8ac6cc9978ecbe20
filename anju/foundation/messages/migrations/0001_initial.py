import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.clock
import anju.foundation.lib.ids
import anju.foundation.tenancy.fence
from anju.foundation.tenancy.fence import Fence


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0002_functions"),
        ("tenancy", "0002_heartbeat"),
    ]

    operations = [
        migrations.CreateModel(
            name="Webhook",
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
                ("url", models.CharField(max_length=500)),
                ("events", models.JSONField(default=list)),
                ("secret_n", models.PositiveIntegerField(default=1)),
                ("old_until", models.DateTimeField(null=True)),
                ("since", models.DateTimeField(default=anju.foundation.lib.clock.now, null=True)),
                ("made_at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
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
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Address",
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
                    "channel",
                    models.CharField(
                        choices=[("inapp", "in Anju"), ("email", "email"), ("webhook", "webhook")],
                        max_length=8,
                    ),
                ),
                ("text", models.CharField(max_length=254)),
                ("language", models.CharField(default="zh-hans", max_length=8)),
                (
                    "account",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="addresses",
                        to="access.account",
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "account", "channel"), name="address_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
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
                ("key", models.CharField(max_length=200)),
                ("kind", models.CharField(max_length=40)),
                ("version", models.PositiveSmallIntegerField(default=1)),
                (
                    "channel",
                    models.CharField(
                        choices=[("inapp", "in Anju"), ("email", "email"), ("webhook", "webhook")],
                        max_length=8,
                    ),
                ),
                ("priority", models.PositiveSmallIntegerField(default=3)),
                ("subject_kind", models.CharField(blank=True, max_length=24)),
                ("subject_id", models.UUIDField(null=True)),
                ("event_id", models.UUIDField(null=True)),
                ("facts", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "waiting"),
                            ("leased", "being sent"),
                            ("sent", "sent"),
                            ("unknown", "perhaps sent"),
                            ("dead", "given up"),
                            ("dropped", "dropped"),
                        ],
                        default="pending",
                        max_length=8,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
                ("error", models.CharField(blank=True, max_length=40)),
                ("created_at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
                ("sent_at", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "account",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.account",
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
                    "webhook",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="messages.webhook",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["next_at", "company"],
                        name="message_next",
                    ),
                    models.Index(
                        fields=["company", "account", "channel", "-created_at", "-id"],
                        name="message_account",
                    ),
                    models.Index(
                        condition=models.Q(("channel", "inapp"), ("read_at__isnull", True)),
                        fields=["company", "account"],
                        name="message_unread",
                    ),
                    models.Index(fields=["company", "-created_at", "-id"], name="message_made"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("company", "key"), name="message_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("next_at__isnull", False), ("state__in", ("pending", "leased"))
                            ),
                            models.Q(
                                models.Q(("state__in", ("pending", "leased")), _negated=True),
                                ("next_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="message_looked_at_until_settled",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("account__isnull", True),
                                ("channel", "webhook"),
                                ("webhook__isnull", False),
                            ),
                            models.Q(
                                models.Q(("channel", "webhook"), _negated=True),
                                ("account__isnull", False),
                                ("webhook__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="message_has_one_recipient",
                    ),
                ],
            },
        ),
        # A queue's table: rows change state many times, so the dead versions must go soon.
        migrations.RunSQL(
            "ALTER TABLE messages_message SET (autovacuum_vacuum_scale_factor = 0.02,"
            " autovacuum_vacuum_threshold = 2000)",
            migrations.RunSQL.noop,
        ),
        Fence(ticker={"message": "SELECT (company_id, next_at, channel, priority)"}),
    ]
