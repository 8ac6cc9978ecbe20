import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.ids
from anju.foundation.tenancy.fence import Fence


class Migration(migrations.Migration):
    initial = True

    dependencies = [("tenancy", "0001_initial"), ("events", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="StoredFile",
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
                ("sha256", models.CharField(max_length=64)),
                ("size", models.BigIntegerField()),
                ("kind", models.CharField(max_length=80)),
                ("name", models.CharField(max_length=120)),
                ("width", models.PositiveIntegerField(null=True)),
                ("height", models.PositiveIntegerField(null=True)),
                ("taken", models.CharField(blank=True, max_length=19)),
                ("by", models.UUIDField()),
                ("made_at", models.DateTimeField()),
                ("erased_at", models.DateTimeField(null=True)),
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
                "indexes": [models.Index(fields=["company", "sha256"], name="storedfile_content")],
            },
        ),
        Fence(grants={"storedfile": "SELECT, INSERT, UPDATE"}),
    ]
