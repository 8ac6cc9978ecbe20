import django.db.models.deletion
from django.db import migrations, models

from anju.foundation.tenancy.fence import Fence, OwnedForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("loop", "0004_meeting"),
        ("standards", "0004_manual"),
    ]

    operations = [
        migrations.AddField(
            model_name="workorder",
            name="lapses_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="workorder",
            name="standard",
            field=OwnedForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="standards.standard",
            ),
        ),
        Fence(),
    ]
