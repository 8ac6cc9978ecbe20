from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_readers")]

    operations = [
        migrations.AlterField(
            model_name="step",
            name="move",
            field=models.CharField(
                choices=[
                    ("submit", "Submit for review"),
                    ("give_up", "Give this draft up"),
                    ("send_back", "Send back to be written again"),
                    ("enforce", "Put into force"),
                    ("confirm", "Reviewed, stays as it is"),
                    ("withdraw", "Withdraw"),
                ],
                max_length=10,
            ),
        ),
    ]
