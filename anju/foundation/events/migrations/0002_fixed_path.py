from django.db import migrations

# Without pg_temp at its end a search path looks there first, where every role may make tables.
FIX = """
ALTER FUNCTION events_waiting_since() SET search_path = pg_catalog, public, pg_temp;
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]

    operations = [migrations.RunSQL(FIX, migrations.RunSQL.noop)]
