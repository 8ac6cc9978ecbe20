from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("standards", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="standard",
            name="asking",
            field=models.JSONField(default=dict),
        ),
    ]
