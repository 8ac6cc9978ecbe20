from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clocks", "0002_reply"),
        ("tenancy", "0002_heartbeat"),
    ]

    operations = [
        migrations.AlterField(
            model_name="clock",
            name="case_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("case_id", None)),
                fields=["company", "work_id"],
                name="clock_work",
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("case_id__isnull", False), ("work_id__isnull", False), _connector="OR"
                ),
                name="clock_of_something",
            ),
        ),
    ]
