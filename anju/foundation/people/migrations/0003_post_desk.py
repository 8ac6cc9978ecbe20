from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_by_phone")]

    operations = [
        migrations.AddField(
            model_name="post",
            name="desk",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "no desk"),
                    ("lobby", "lobby concierge of the building"),
                    ("front", "front desk"),
                ],
                default="",
                max_length=5,
            ),
        ),
    ]
