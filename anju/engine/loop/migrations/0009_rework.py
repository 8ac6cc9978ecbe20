from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("loop", "0008_written_by"),
    ]

    operations = [
        migrations.AlterField(
            model_name="caselink",
            name="kind",
            field=models.CharField(
                choices=[
                    ("merged", "the same matter, merged into"),
                    ("related", "has to do with"),
                    ("split", "split from"),
                    ("problem", "explained by the problem record"),
                    ("rework", "done again, free, within the warranty of"),
                ],
                max_length=8,
            ),
        ),
    ]
