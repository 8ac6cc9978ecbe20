from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plans", "0002_planned")]

    operations = [
        migrations.AlterField(
            model_name="occurrence", name="named", field=models.CharField(max_length=40)
        ),
    ]
