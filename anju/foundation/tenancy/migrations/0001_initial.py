from django.db import migrations, models

import anju.foundation.lib.clock
import anju.foundation.lib.ids
from anju.foundation.tenancy.fence import Fence


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Company",
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
                ("code", models.SlugField(max_length=16, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("zone", models.CharField(default="Asia/Shanghai", max_length=64)),
                ("demo", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
            ],
        ),
        Fence(open_tables={"company": "SELECT, INSERT"}),
    ]
