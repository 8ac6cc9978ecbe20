from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plans", "0003_triggers")]

    operations = [
        migrations.AddField(
            model_name="plan", name="carries", field=models.JSONField(default=list)
        ),
    ]
