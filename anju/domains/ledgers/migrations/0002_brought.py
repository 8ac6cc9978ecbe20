from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("forms", "0001_initial"),
        ("ledgers", "0001_initial"),
        ("places", "0001_initial"),
        ("tenancy", "0002_heartbeat"),
    ]

    operations = [
        migrations.AddField(
            model_name="line",
            name="brought",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="line",
            name="written_by",
            field=models.UUIDField(null=True),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.UniqueConstraint(
                fields=("company", "brought"), name="line_brought_once"
            ),
        ),
    ]
