import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.clock
import anju.foundation.lib.ids
from anju.foundation.tenancy.fence import Fence, OwnedForeignKey

# Frozen from its review on: only what moves it may still be written, and a draft's text.
FROZEN = """
CREATE OR REPLACE FUNCTION standards_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  moved text[] := ARRAY['state', 'trial_places', 'published_at', 'retired_at', 'review_on'];
BEGIN
  IF OLD.state <> 'draft' AND to_jsonb(NEW) - moved IS DISTINCT FROM to_jsonb(OLD) - moved THEN
    RAISE EXCEPTION 'a standard is frozen once it is in review' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""
# What was a text becomes a part that says that text.
PARTS = """
ALTER TABLE standards_standard
  ALTER COLUMN {0} TYPE jsonb
  USING CASE WHEN {0} = '' THEN '{{}}'::jsonb ELSE jsonb_build_object('text', {0}) END
"""


class Migration(migrations.Migration):
    dependencies = [
        ("standards", "0002_asking"),
    ]

    operations = [
        migrations.RunSQL(FROZEN, migrations.RunSQL.noop),
        *(
            migrations.RunSQL(
                PARTS.format(name),
                migrations.RunSQL.noop,
                state_operations=[
                    migrations.AlterField("standard", name, models.JSONField(default=dict))
                ],
            )
            for name in ("method", "evaluation")
        ),
        migrations.AddField("standard", "scope", models.JSONField(default=dict)),
        migrations.AddField("standard", "basis", models.JSONField(default=list)),
        migrations.AddField(
            "standard", "review_months", models.PositiveSmallIntegerField(default=12)
        ),
        migrations.AddField("standard", "edited", models.PositiveIntegerField(default=0)),
        migrations.AddField("standard", "trial_places", models.JSONField(default=list)),
        migrations.AddField("standard", "review_on", models.DateField(null=True)),
        migrations.AlterField(
            "standard",
            "state",
            models.CharField(
                choices=[
                    ("draft", "draft"),
                    ("review", "in review"),
                    ("trial", "on trial"),
                    ("published", "published"),
                    ("retired", "retired"),
                ],
                default="draft",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            "standard",
            models.UniqueConstraint(
                fields=["company", "code"],
                name="standard_one_in_force",
                condition=models.Q(state="published"),
            ),
        ),
        migrations.AddConstraint(
            "standard",
            models.UniqueConstraint(
                fields=["company", "code"],
                name="standard_one_in_preparation",
                condition=models.Q(state__in=["draft", "review", "trial"]),
            ),
        ),
        migrations.CreateModel(
            name="Step",
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
                (
                    "move",
                    models.CharField(
                        choices=[
                            ("submit", "Submit for review"),
                            ("send_back", "Send back to be written again"),
                            ("try", "Try in some communities"),
                            ("publish", "Publish"),
                            ("confirm", "Reviewed, stays as it is"),
                            ("retire", "Retire"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
                ("by", models.UUIDField()),
                ("why", models.CharField(max_length=300)),
                ("own", models.BooleanField(default=False)),
                ("places", models.JSONField(default=list)),
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
                (
                    "standard",
                    OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="standards.standard",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "standard", "at"], name="standard_step_at")
                ],
            },
        ),
        Fence(grants={"standard": "SELECT, INSERT, UPDATE", "step": "SELECT, INSERT"}),
    ]
