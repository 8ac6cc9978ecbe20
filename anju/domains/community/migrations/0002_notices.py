import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.clock
import anju.foundation.lib.ids
import anju.foundation.tenancy.fence
from anju.foundation.tenancy.fence import Fence


class Migration(migrations.Migration):
    dependencies = [("community", "0001_initial"), ("people", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Notice",
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
                ("title", models.CharField(max_length=120)),
                ("text", models.TextField(max_length=4000)),
                ("until", models.DateTimeField(null=True)),
                ("by", models.UUIDField()),
                ("published_at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
                ("withdrawn_at", models.DateTimeField(null=True)),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "-published_at"], name="notice_published")
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeRead",
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
                ("at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
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
                        related_name="reads",
                        to="community.notice",
                    ),
                ),
                (
                    "person",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "notice", "person"), name="noticeread_once"
                    )
                ],
            },
        ),
        Fence(
            grants={
                "caselink": "SELECT, INSERT, UPDATE",
                "notice": "SELECT, INSERT, UPDATE",
                "noticeread": "SELECT, INSERT, DELETE",
            }
        ),
    ]
