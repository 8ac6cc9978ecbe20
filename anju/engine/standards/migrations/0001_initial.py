import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.ids
from anju.foundation.tenancy.fence import Fence

# A published version is frozen by the database itself: only its retirement may still be written.
FROZEN = """
CREATE FUNCTION standards_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'draft' AND
     to_jsonb(NEW) - 'state' - 'retired_at' IS DISTINCT FROM
     to_jsonb(OLD) - 'state' - 'retired_at' THEN
    RAISE EXCEPTION 'a published standard is frozen' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER standards_frozen BEFORE UPDATE ON standards_standard
  FOR EACH ROW EXECUTE FUNCTION standards_frozen();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0002_heartbeat"),
    ]

    operations = [
        migrations.CreateModel(
            name="Standard",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=anju.foundation.lib.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("code", models.SlugField(max_length=32)),
                ("version", models.PositiveIntegerField(default=1)),
                ("name", models.CharField(max_length=80)),
                ("kinds", models.JSONField(default=list)),
                ("audience", models.TextField(blank=True)),
                ("item", models.TextField(blank=True)),
                ("requirements", models.JSONField(default=list)),
                ("limits", models.JSONField(default=list)),
                ("items", models.JSONField(default=list)),
                ("provider", models.TextField(blank=True)),
                ("method", models.TextField(blank=True)),
                ("evaluation", models.TextField(blank=True)),
                ("verify", models.BooleanField(default=True)),
                ("callback", models.BooleanField(default=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("published", "published"),
                            ("retired", "retired"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("published_at", models.DateTimeField(null=True)),
                ("retired_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "code", "version"), name="standard_version_once"
                    )
                ],
            },
        ),
        Fence(grants={"standard": "SELECT, INSERT, UPDATE"}),
        migrations.RunSQL(FROZEN, "DROP FUNCTION standards_frozen() CASCADE"),
    ]
