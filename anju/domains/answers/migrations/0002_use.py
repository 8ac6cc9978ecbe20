from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("answers", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="answer",
            name="use",
            field=models.CharField(
                choices=[("answer", "answer"), ("notice", "announcement")],
                default="answer",
                max_length=8,
            ),
        ),
    ]
