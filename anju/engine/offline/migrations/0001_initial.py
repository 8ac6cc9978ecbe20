import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.clock
import anju.foundation.lib.ids
from anju.foundation.tenancy.fence import Fence, OwnedForeignKey


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0002_heartbeat"),
    ]

    operations = [
        migrations.CreateModel(
            name="Device",
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
                ("device", models.UUIDField()),
                ("account_id", models.UUIDField()),
                ("heard_at", models.DateTimeField()),
                ("emptied_at", models.DateTimeField(null=True)),
                ("left", models.PositiveIntegerField(default=0)),
                ("skew", models.BigIntegerField(default=0)),
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
        ),
        migrations.CreateModel(
            name="Stream",
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
                ("subject", models.UUIDField()),
                ("last", models.PositiveIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=0)),
                ("refused", models.UUIDField(null=True)),
                ("at", models.DateTimeField(null=True)),
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
                    "device",
                    OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="streams",
                        to="offline.device",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
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
                ("command", models.UUIDField()),
                ("seq", models.PositiveIntegerField()),
                ("who", models.UUIDField()),
                ("name", models.CharField(max_length=12)),
                ("asked", models.BinaryField(max_length=32)),
                ("at", models.DateTimeField()),
                ("received_at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("taken", "taken"),
                            ("aside", "aside"),
                            ("refused", "refused"),
                            ("blocked", "blocked"),
                            ("waiting", "waiting"),
                        ],
                        max_length=8,
                    ),
                ),
                ("base", models.PositiveIntegerField(null=True)),
                ("said", models.JSONField(default=dict)),
                ("lacks", models.JSONField(default=list)),
                ("receipt", models.JSONField(default=dict)),
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
                    "stream",
                    OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="offline.stream",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="device",
            constraint=models.UniqueConstraint(
                fields=("company", "device"), name="offline_device_once"
            ),
        ),
        migrations.AddIndex(
            model_name="stream",
            index=models.Index(fields=["company", "subject"], name="offline_stream_subject"),
        ),
        migrations.AddConstraint(
            model_name="stream",
            constraint=models.UniqueConstraint(
                fields=("company", "device", "subject"), name="offline_stream_once"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["company", "stream", "seq"],
                name="offline_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("company", "command"), name="offline_command_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("company", "stream", "seq"), name="offline_seq_once"
            ),
        ),
        Fence(grants=dict.fromkeys(("device", "stream", "delivery"), "SELECT, INSERT, UPDATE")),
    ]
