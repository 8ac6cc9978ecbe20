from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("community", "0005_approval_and_boards")]

    operations = [
        migrations.AddField(
            model_name="deskline",
            name="greeting",
            field=models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        ),
    ]
