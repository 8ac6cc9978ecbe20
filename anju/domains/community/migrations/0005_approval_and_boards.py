import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.clock
import anju.foundation.lib.ids
import anju.foundation.tenancy.fence
from anju.foundation.tenancy.fence import Fence


class Migration(migrations.Migration):
    dependencies = [
        ("community", "0004_notice_kind"),
        ("files", "0001_initial"),
        ("tenancy", "0002_heartbeat"),
    ]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="approved_by",
            field=models.UUIDField(null=True),
        ),
        migrations.AlterField(
            model_name="notice",
            name="published_at",
            field=models.DateTimeField(default=anju.foundation.lib.clock.now, null=True),
        ),
        # 0 for the rows that are there: no event speaks of their values yet.
        migrations.AddField(
            model_name="notice", name="version", field=models.PositiveIntegerField(default=0)
        ),
        migrations.AlterField(
            model_name="notice", name="version", field=models.PositiveIntegerField(default=1)
        ),
        migrations.CreateModel(
            name="NoticeRule",
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
                    "approval",
                    models.CharField(
                        choices=[
                            ("nobody", "nobody: it is shown at once"),
                            ("planned", "a second person; known outages are shown at once"),
                            ("all", "a second person, for known outages too"),
                        ],
                        max_length=8,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
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
                    models.UniqueConstraint(fields=("company",), name="noticerule_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
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
                ("board", models.CharField(max_length=60)),
                ("by", models.UUIDField()),
                ("at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
                ("removed_by", models.UUIDField(null=True)),
                ("removed_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
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
                    "notice",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="community.notice",
                    ),
                ),
                (
                    "photo",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at", None)),
                        fields=("company", "notice", "board"),
                        name="posting_once",
                    )
                ],
            },
        ),
        Fence(
            grants={
                "caselink": "SELECT, INSERT, UPDATE",
                "notice": "SELECT, INSERT, UPDATE",
                "noticeread": "SELECT, INSERT, DELETE",
                "noticerule": "SELECT, INSERT, UPDATE",
                "proxy": "SELECT, INSERT, UPDATE",
                "posting": "SELECT, INSERT, UPDATE",
            }
        ),
    ]
