from django.db import migrations, models

# A published version stays frozen: its retirement and its next review may still be written.
FROZEN = """
CREATE OR REPLACE FUNCTION procedures_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  moved text[] := ARRAY['state', 'retired_at', 'review_on'];
BEGIN
  IF OLD.state <> 'draft' AND to_jsonb(NEW) - moved IS DISTINCT FROM to_jsonb(OLD) - moved THEN
    RAISE EXCEPTION 'a published procedure is frozen' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("procedures", "0001_initial")]

    operations = [
        migrations.AddField("procedure", "review_on", models.DateField(null=True)),
        migrations.RunSQL(FROZEN, migrations.RunSQL.noop),
    ]
