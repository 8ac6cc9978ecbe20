from django.db import migrations, models

from anju.foundation.tenancy.fence import Fence


class Migration(migrations.Migration):
    dependencies = [
        ("loop", "0005_planned"),
        ("places", "0001_initial"),
        ("plans", "0001_initial"),
        ("tenancy", "0002_heartbeat"),
    ]

    operations = [
        migrations.AddField(
            model_name="occurrence",
            name="next_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="occurrence",
            index=models.Index(
                condition=models.Q(("next_at__isnull", False)),
                fields=["next_at", "company"],
                name="occurrence_next",
            ),
        ),
        Fence(ticker={"occurrence": "SELECT (company_id, next_at)"}),
    ]
