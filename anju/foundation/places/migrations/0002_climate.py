from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="place",
            name="climate",
            field=models.CharField(
                blank=True,
                choices=[
                    ("严寒", "severe cold"),
                    ("寒冷", "cold"),
                    ("夏热冬冷", "hot summer and cold winter"),
                    ("夏热冬暖", "hot summer and warm winter"),
                    ("温和", "temperate"),
                ],
                db_default="",
                max_length=4,
            ),
        ),
    ]
