from django.db import migrations

# A phone's own token brings what was done offline, also after its sign-in has expired or its holder
# has left: for 90 days. Nothing else opens to it.
FINDER = """
CREATE OR REPLACE FUNCTION access_by_token(of_digest bytea, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN (
    SELECT access_face(a, at)
           || jsonb_build_object('held', t.id, 'seen_at', t.used_at, 'scopes', t.scopes)
      FROM access_apitoken t
      JOIN access_account a ON a.company_id = t.company_id AND a.id = t.account_id
     WHERE t.digest = of_digest AND t.revoked_at IS NULL
       AND (t.expires_at IS NULL OR t.expires_at + {more} > at)
       AND (a.closed_at IS NULL OR a.closed_at + {more} > at));
END $$;
"""
LATER = "CASE t.scopes WHEN 'deliver' THEN interval '90 days' ELSE interval '0' END"


class Migration(migrations.Migration):
    dependencies = [("access", "0002_functions")]

    operations = [
        migrations.RunSQL(FINDER.replace("{more}", LATER), FINDER.replace("{more}", "interval '0'"))
    ]
