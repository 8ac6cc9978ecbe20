from django.db import migrations, models


def _version(model: str) -> list[migrations.operations.base.Operation]:
    """0 for the rows that are there: no event speaks of their values yet."""
    return [
        migrations.AddField(
            model_name=model, name="version", field=models.PositiveIntegerField(default=0)
        ),
        migrations.AlterField(
            model_name=model, name="version", field=models.PositiveIntegerField(default=1)
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("community", "0005_approval_and_boards")]

    operations = [*_version("notice"), *_version("noticerule"), *_version("posting")]
