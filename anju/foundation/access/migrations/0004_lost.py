from django.db import migrations

# A phone asks whether it was reported lost: then it forgets what it holds. Its token is the key; the
# answer says nothing else.
ASKS = """
CREATE FUNCTION access_is_lost(of_digest bytea) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM access_apitoken t
    WHERE t.digest = of_digest AND t.scopes = 'deliver' AND t.revoked_at IS NOT NULL);
END $$;
REVOKE ALL ON FUNCTION access_is_lost(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access_is_lost(bytea) TO anju_app;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0003_deliver")]

    operations = [migrations.RunSQL(ASKS, "DROP FUNCTION access_is_lost(bytea)")]
