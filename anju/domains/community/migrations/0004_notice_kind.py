from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("community", "0003_proxies")]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[("", "announcement"), ("outage", "known outage")],
                default="",
                max_length=6,
            ),
        ),
    ]
