import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.clock
import anju.foundation.lib.ids
from anju.foundation.tenancy.fence import Fence, OwnedForeignKey

CHANNELS = [
    ("inapp", "in Anju"),
    ("email", "email"),
    ("sms", "text message"),
    ("push", "notice on a device"),
    ("wecom", "WeCom group"),
    ("dingtalk", "DingTalk group"),
    ("feishu", "Feishu group"),
    ("webhook", "webhook"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_functions"),
        ("messages", "0002_gateways"),
        ("tenancy", "0002_heartbeat"),
    ]

    operations = [
        migrations.CreateModel(
            name="Subscription",
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
                    "account",
                    OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.account",
                    ),
                ),
                (
                    "device",
                    OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.devicesession",
                    ),
                ),
                ("digest", models.BinaryField(max_length=32)),
                ("sealed", models.BinaryField()),
                ("language", models.CharField(default="zh-hans", max_length=8)),
                ("made_at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("company", "digest"), name="subscription_once")
                ],
                "indexes": [
                    models.Index(fields=["company", "account"], name="subscription_account")
                ],
            },
        ),
        migrations.AddField("message", "subscription_id", models.UUIDField(null=True)),
        migrations.AlterField(
            "address", "channel", models.CharField(choices=CHANNELS, max_length=8)
        ),
        migrations.AlterField(
            "message", "channel", models.CharField(choices=CHANNELS, max_length=8)
        ),
        migrations.AlterField(
            "gateway", "kind", models.CharField(choices=CHANNELS[2:-1], max_length=8)
        ),
        migrations.AddConstraint(
            "message",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("channel", "push"), ("subscription_id__isnull", False)),
                    models.Q(
                        models.Q(("channel", "push"), _negated=True), ("subscription_id", None)
                    ),
                    _connector="OR",
                ),
                name="message_to_a_browser_names_it",
            ),
        ),
        Fence(),
    ]
