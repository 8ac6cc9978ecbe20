import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.ids
import anju.foundation.tenancy.fence
from anju.foundation.tenancy.fence import Fence


class Migration(migrations.Migration):
    dependencies = [
        ("community", "0006_greeting"),
        ("loop", "0007_files_of_records"),
        ("places", "0001_initial"),
        ("plans", "0003_triggers"),
        ("tenancy", "0002_heartbeat"),
    ]

    operations = [
        migrations.CreateModel(
            name="Telling",
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
                        blank=True,
                        choices=[("", "announcement"), ("outage", "known outage")],
                        default="",
                        max_length=6,
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                ("text", models.TextField(max_length=4000)),
                ("ahead", models.PositiveIntegerField()),
                ("by", models.UUIDField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.AddField(
            model_name="notice",
            name="ends_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="notice",
            name="phase",
            field=models.CharField(
                blank=True,
                choices=[
                    ("planned", "planned"),
                    ("begun", "under way"),
                    ("ended", "over"),
                    ("off", "does not take place"),
                ],
                default="",
                max_length=7,
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="phase_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="notice",
            name="starts_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="notice",
            name="work",
            field=anju.foundation.tenancy.fence.OwnedForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="loop.workorder",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("work__isnull", False)),
                fields=("company", "work", "place"),
                name="notice_of_work_once",
            ),
        ),
        migrations.AddField(
            model_name="telling",
            name="company",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.company",
            ),
        ),
        migrations.AddField(
            model_name="telling",
            name="plan",
            field=anju.foundation.tenancy.fence.OwnedForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="plans.plan",
            ),
        ),
        migrations.AddConstraint(
            model_name="telling",
            constraint=models.UniqueConstraint(fields=("company", "plan"), name="telling_once"),
        ),
        Fence(
            grants={
                "caselink": "SELECT, INSERT, UPDATE",
                "notice": "SELECT, INSERT, UPDATE",
                "noticeread": "SELECT, INSERT, DELETE",
                "noticerule": "SELECT, INSERT, UPDATE",
                "proxy": "SELECT, INSERT, UPDATE",
                "posting": "SELECT, INSERT, UPDATE",
                "telling": "SELECT, INSERT, UPDATE",
            }
        ),
    ]
