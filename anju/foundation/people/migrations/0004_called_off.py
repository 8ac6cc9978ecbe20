from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0003_post_desk")]

    operations = [
        migrations.AddField(
            model_name="duty",
            name="called_off",
            field=models.BooleanField(default=False),
        ),
        migrations.RemoveConstraint(model_name="duty", name="duty_once"),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(
                condition=models.Q(("called_off", False)),
                fields=("company", "person", "post", "starts_at"),
                name="duty_once",
            ),
        ),
        migrations.AddIndex(
            model_name="duty",
            index=models.Index(fields=["company", "person", "ends_at"], name="duty_person"),
        ),
    ]
