from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loop", "0006_readings")]

    operations = [
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                condition=models.Q(("file_id", None), _negated=True),
                fields=["company", "file_id"],
                name="record_file",
            ),
        ),
    ]
