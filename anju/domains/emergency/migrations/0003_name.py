from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("emergency", "0002_plan_versions")]

    operations = [
        migrations.AddField(
            model_name="emergency",
            name="name",
            field=models.CharField(blank=True, default="", max_length=60),
            preserve_default=False,
        ),
    ]
