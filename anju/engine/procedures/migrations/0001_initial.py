import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.ids
from anju.foundation.tenancy.fence import Fence

# A published version is frozen by the database itself: only its retirement may still be written.
FROZEN = """
CREATE FUNCTION procedures_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'draft' AND
     to_jsonb(NEW) - 'state' - 'retired_at' IS DISTINCT FROM
     to_jsonb(OLD) - 'state' - 'retired_at' THEN
    RAISE EXCEPTION 'a published procedure is frozen' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER procedures_frozen BEFORE UPDATE ON procedures_procedure
  FOR EACH ROW EXECUTE FUNCTION procedures_frozen();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0002_heartbeat"),
    ]

    operations = [
        migrations.CreateModel(
            name="Procedure",
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
                ("body", models.JSONField(default=dict)),
                ("edits", models.PositiveIntegerField(default=0)),
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
                        fields=("company", "code", "version"), name="procedure_version_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "draft")),
                        fields=("company", "code"),
                        name="procedure_one_draft",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "published")),
                        fields=("company", "code"),
                        name="procedure_one_in_force",
                    ),
                ],
            },
        ),
        Fence(grants={"procedure": "SELECT, INSERT, UPDATE"}),
        migrations.RunSQL(FROZEN, "DROP FUNCTION procedures_frozen() CASCADE"),
    ]
