from django.db import migrations, models

from anju.foundation.tenancy.fence import Fence


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        Fence(
            ticker={"heartbeat": "SELECT, INSERT, UPDATE"},
            open_tables={"heartbeat": "SELECT"},
        ),
        # /readyz tells whether the tables are those the code expects.
        migrations.RunSQL("GRANT SELECT ON django_migrations TO anju_app", migrations.RunSQL.noop),
    ]
