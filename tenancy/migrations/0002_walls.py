"""What Django cannot say: who reads organisations, how a person finds their own, where the cache lies."""

from django.conf import settings
from django.db import migrations

WALLS = """
ALTER TABLE tenancy_organization ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenancy_organization FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON tenancy_organization TO CURRENT_USER, {backup}, {search} USING (true) WITH CHECK (true);
CREATE POLICY found ON tenancy_organization FOR SELECT TO {app} USING (true);
CREATE POLICY founded ON tenancy_organization FOR INSERT TO {app} WITH CHECK (true);
CREATE POLICY changed ON tenancy_organization FOR UPDATE TO {app}
    USING (id = current_setting('app.organization_id')::bigint);
REVOKE DELETE ON tenancy_organization FROM {app};

GRANT SELECT ON tenancy_organization, tenancy_membership TO {search};
GRANT CREATE ON SCHEMA public TO {search};

-- A person's own organisations, before any context is open: the landing page and the switcher.
CREATE FUNCTION tenancy_organizations_of(person bigint)
RETURNS TABLE (organization_id bigint) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT m.organization_id FROM public.tenancy_membership m WHERE m.user_id = person AND m.ended_at IS NULL
$$;
ALTER FUNCTION tenancy_organizations_of(bigint) OWNER TO {search};
REVOKE ALL ON FUNCTION tenancy_organizations_of(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenancy_organizations_of(bigint) TO {app};

CREATE TABLE tenancy_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX tenancy_cache_expires ON tenancy_cache (expires);
"""

UNDO = """
DROP TABLE tenancy_cache;
DROP FUNCTION tenancy_organizations_of(bigint);
REVOKE CREATE ON SCHEMA public FROM {search};
REVOKE SELECT ON tenancy_organization, tenancy_membership FROM {search};
DROP POLICY service ON tenancy_organization;
DROP POLICY found ON tenancy_organization;
DROP POLICY founded ON tenancy_organization;
DROP POLICY changed ON tenancy_organization;
ALTER TABLE tenancy_organization DISABLE ROW LEVEL SECURITY;
"""


def _run(sql: str):
    def run(apps, schema_editor) -> None:
        quote = schema_editor.quote_name
        roles = {name: quote(role) for name, role in settings.DATABASE_ROLES.items()}
        schema_editor.execute(sql.format(**roles), params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]

    operations = [migrations.RunPython(_run(WALLS), _run(UNDO))]
