from django.db import migrations, models


class Migration(migrations.Migration):
    """What pictures that come from now on are alike by; older ones are not decoded again."""

    dependencies = [("files", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="storedfile",
            name="dhash",
            field=models.CharField(blank=True, max_length=16),
        ),
    ]
