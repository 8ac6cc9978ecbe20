from django.db import migrations

# Texts about work are read for by a listener of their own: it goes on where the other stands, or
# it would text anew what was told before.
BEGIN = """
    INSERT INTO events_cursor (company_id, listener, n, tries)
    SELECT company_id, 'community.texts', n, 0 FROM events_cursor
     WHERE listener = 'community.residents'
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [
        ("community", "0008_announced_anew"),
        ("events", "0002_fixed_path"),
    ]

    operations = [migrations.RunSQL(BEGIN, migrations.RunSQL.noop)]
