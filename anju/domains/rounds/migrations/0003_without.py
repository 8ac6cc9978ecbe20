from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rounds", "0002_service_plan"),
    ]

    operations = [
        migrations.AddField(
            model_name="serviceplan",
            name="without",
            field=models.JSONField(default=list),
        ),
    ]
