from django.db import migrations

# What must be found before a company is known. Each function runs as the owner with a fixed
# search path, answers about one exact key, and only the application's role may call it.
FINDERS = """
CREATE FUNCTION access_held(of_company uuid, of_account uuid, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN coalesce((
    SELECT jsonb_agg(jsonb_build_array(g.role, g.path) ORDER BY g.path, g.role)
      FROM access_rolegrant g
     WHERE g.company_id = of_company AND g.account_id = of_account
       AND g.since <= at AND (g.until IS NULL OR g.until > at)), '[]'::jsonb);
END $$;
REVOKE ALL ON FUNCTION access_held(uuid, uuid, timestamptz) FROM PUBLIC;

CREATE FUNCTION access_face(a access_account, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN (
    SELECT jsonb_build_object(
      'account', a.id, 'company', a.company_id, 'company_name', c.name, 'zone', c.zone,
      'demo', c.demo,
      'login', a.login, 'name', a.name, 'person', a.person_id,
      'must_change', a.must_change, 'totp_on', a.totp_on, 'totp_n', a.totp_n,
      'epoch', a.epoch,
      'roles', access_held(a.company_id, a.id, at))
      FROM tenancy_company c WHERE c.id = a.company_id);
END $$;
REVOKE ALL ON FUNCTION access_face(access_account, timestamptz) FROM PUBLIC;

CREATE FUNCTION access_by_login(of_login text, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN (
    SELECT access_face(a, at) || jsonb_build_object(
      'password', a.password, 'closed', a.closed_at IS NOT NULL)
      FROM access_account a WHERE a.login = of_login);
END $$;

CREATE FUNCTION access_by_device(of_digest bytea, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN (
    SELECT access_face(a, at) || jsonb_build_object('held', s.id, 'seen_at', s.seen_at)
      FROM access_devicesession s
      JOIN access_account a ON a.company_id = s.company_id AND a.id = s.account_id
     WHERE s.digest = of_digest AND s.revoked_at IS NULL AND s.expires_at > at
       AND s.epoch = a.epoch AND a.closed_at IS NULL);
END $$;

CREATE FUNCTION access_by_token(of_digest bytea, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN (
    SELECT access_face(a, at)
           || jsonb_build_object('held', t.id, 'seen_at', t.used_at, 'scopes', t.scopes)
      FROM access_apitoken t
      JOIN access_account a ON a.company_id = t.company_id AND a.id = t.account_id
     WHERE t.digest = of_digest AND t.revoked_at IS NULL
       AND (t.expires_at IS NULL OR t.expires_at > at) AND a.closed_at IS NULL);
END $$;

CREATE FUNCTION access_by_link(of_digest bytea, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN (
    SELECT access_face(a, at) || jsonb_build_object('held', l.id)
      FROM access_onetimelink l
      JOIN access_account a ON a.company_id = l.company_id AND a.id = l.account_id
     WHERE l.digest = of_digest AND l.used_at IS NULL AND l.expires_at > at
       AND a.closed_at IS NULL);
END $$;

REVOKE ALL ON FUNCTION
  access_by_login(text, timestamptz), access_by_device(bytea, timestamptz),
  access_by_token(bytea, timestamptz), access_by_link(bytea, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  access_by_login(text, timestamptz), access_by_device(bytea, timestamptz),
  access_by_token(bytea, timestamptz), access_by_link(bytea, timestamptz) TO anju_app;
"""

# One look at the ledger of answers: is the key free, taken by the same request, or by another?
# The advisory lock makes a second request with the key say "busy" instead of waiting.
CLAIM = """
CREATE FUNCTION access_claim(of_company uuid, of_id uuid, of_asked bytea)
RETURNS TABLE (said text, status smallint, headers text, body bytea)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended(of_id::text, 7)) THEN
    RETURN QUERY SELECT 'busy', NULL::smallint, NULL::text, NULL::bytea;
    RETURN;
  END IF;
  RETURN QUERY
    SELECT CASE WHEN a.asked = of_asked THEN 'again' ELSE 'other' END,
           a.status, a.headers::text, a.body
      FROM access_answer a WHERE a.company_id = of_company AND a.id = of_id;
  IF NOT FOUND THEN
    RETURN QUERY SELECT 'free', NULL::smallint, NULL::text, NULL::bytea;
  END IF;
END $$;
REVOKE ALL ON FUNCTION access_claim(uuid, uuid, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access_claim(uuid, uuid, bytea) TO anju_app;
CREATE INDEX answer_made ON access_answer USING brin (made_at);
"""

GONE = """
DROP INDEX answer_made;
DROP FUNCTION access_claim(uuid, uuid, bytea);
DROP FUNCTION access_by_login(text, timestamptz), access_by_device(bytea, timestamptz),
  access_by_token(bytea, timestamptz), access_by_link(bytea, timestamptz);
DROP FUNCTION access_face(access_account, timestamptz);
DROP FUNCTION access_held(uuid, uuid, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]

    operations = [migrations.RunSQL(FINDERS + CLAIM, GONE)]
