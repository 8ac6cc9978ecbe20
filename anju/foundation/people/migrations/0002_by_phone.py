from django.db import migrations, models

# Whoever comes in by telephone belongs to no company yet: who lives somewhere on a day and has this
# number, over all companies. Staff and contacts are never found this way.
FINDER = """
CREATE FUNCTION people_by_phone(of_phone text, on_day date)
RETURNS TABLE (company uuid, person uuid)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT p.company_id, p.id
      FROM people_person p
     WHERE p.phone = of_phone AND of_phone <> '' AND p.erased_at IS NULL
       AND p.kind IN ('owner', 'tenant', 'family')
       AND EXISTS (SELECT FROM people_occupancy o
                    WHERE o.company_id = p.company_id AND o.person_id = p.id
                      AND (o.since IS NULL OR o.since <= on_day)
                      AND (o.until IS NULL OR o.until >= on_day))
     ORDER BY p.id LIMIT 10
$$;
REVOKE ALL ON FUNCTION people_by_phone FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people_by_phone TO anju_app;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("phone", ""), _negated=True),
                fields=["phone"],
                name="person_any_phone",
            ),
        ),
        migrations.RunSQL(FINDER, "DROP FUNCTION people_by_phone"),
    ]
