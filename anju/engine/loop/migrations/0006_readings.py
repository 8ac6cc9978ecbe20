from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loop", "0005_planned")]

    operations = [
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                condition=models.Q(("work__isnull", False)),
                fields=["company", "work"],
                name="record_work",
            ),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                condition=models.Q(("asset__isnull", False)),
                fields=["company", "asset", "-at"],
                name="record_asset",
            ),
        ),
    ]
