-- The record of every change: statement triggers with transition tables, so that a bulk insert of a
-- hundred thousand rows costs one call.
--
-- digest = sha256(header | organization | id | object ‖ content), content = sha256(salt ‖ before | after):
-- values and salt can be erased, and who, when and what still verify. tenancy/audit/digests.py is the
-- other half; tenancy/tests/test_audit_digest.py holds the two together.

CREATE OR REPLACE FUNCTION tenancy_audit_header(
    happened timestamptz, cluster bigint, xid bigint, actor uuid, request text, origin text, db_role text,
    operation text, table_name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT jsonb_build_array((extract(epoch FROM happened) * 1000000)::bigint, cluster, xid, actor, request, origin,
        db_role, operation, table_name)::text
$$;

CREATE OR REPLACE FUNCTION tenancy_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public SET timezone = 'UTC' SET bytea_output = 'hex'
SET enable_nestloop = off SET jit = off AS $$
DECLARE
    happened timestamptz := clock_timestamp();
    this_cluster bigint;
    this_xid bigint;
    actor uuid := nullif(current_setting('app.actor_id', true), '')::uuid;
    request text := coalesce(current_setting('app.request_id', true), '');
    source text := coalesce(current_setting('app.origin', true), '');
    header text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT FROM new_rows) THEN RETURN NULL; END IF;
    ELSIF NOT EXISTS (SELECT FROM old_rows) THEN
        RETURN NULL;
    END IF;
    this_cluster := (pg_control_system()).system_identifier;
    this_xid := pg_current_xact_id()::text::bigint;
    header := tenancy_audit_header(happened, this_cluster, this_xid, actor, request, source, session_user::text,
        lower(TG_OP), TG_TABLE_NAME::text) || '|';

    IF TG_OP = 'INSERT' THEN
        INSERT INTO tenancy_auditentry
        SELECT s.organization_id, s.entry, happened, this_cluster, this_xid, actor, request, source, session_user,
            'insert', TG_TABLE_NAME, s.id, NULL, s.after, s.salt, s.content,
            sha256(convert_to(header || s.organization_id || '|' || s.entry || '|' || s.id, 'UTF8') || s.content)
        FROM (SELECT r.*, sha256(r.salt || convert_to('|' || r.after::text, 'UTF8')) AS content
            FROM (SELECT n.organization_id, n.id, nextval('tenancy_auditentry_id_seq') AS entry,
                    to_jsonb(n) AS after, uuid_send(gen_random_uuid()) AS salt
                FROM new_rows n OFFSET 0) r OFFSET 0) s;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO tenancy_auditentry
        SELECT s.organization_id, s.entry, happened, this_cluster, this_xid, actor, request, source, session_user,
            'delete', TG_TABLE_NAME, s.id, s.before, NULL, s.salt, s.content,
            sha256(convert_to(header || s.organization_id || '|' || s.entry || '|' || s.id, 'UTF8') || s.content)
        FROM (SELECT r.*, sha256(r.salt || convert_to(r.before::text || '|', 'UTF8')) AS content
            FROM (SELECT o.organization_id, o.id, nextval('tenancy_auditentry_id_seq') AS entry,
                    to_jsonb(o) AS before, uuid_send(gen_random_uuid()) AS salt
                FROM old_rows o OFFSET 0) r OFFSET 0) s;
    ELSE
        -- A changed key matches nothing: the old row is then recorded as gone and the new one as come.
        INSERT INTO tenancy_auditentry
        SELECT s.organization_id, s.entry, happened, this_cluster, this_xid, actor, request, source, session_user,
            'update', TG_TABLE_NAME, s.id, s.before, s.after, s.salt, s.content,
            sha256(convert_to(header || s.organization_id || '|' || s.entry || '|' || s.id, 'UTF8') || s.content)
        FROM (SELECT r.*, sha256(r.salt || convert_to(coalesce(r.before::text, '') || '|' || coalesce(r.after::text, ''), 'UTF8')) AS content
            FROM (SELECT p.organization_id, p.id, nextval('tenancy_auditentry_id_seq') AS entry,
                    d.before, d.after, uuid_send(gen_random_uuid()) AS salt
                FROM (SELECT coalesce(n.organization_id, o.organization_id) AS organization_id,
                        coalesce(n.id, o.id) AS id,
                        CASE WHEN o.id IS NOT NULL THEN to_jsonb(o) END AS was,
                        CASE WHEN n.id IS NOT NULL THEN to_jsonb(n) END AS now
                    FROM new_rows n FULL JOIN old_rows o USING (organization_id, id)
                    WHERE n.* *<> o.* OR n.id IS NULL OR o.id IS NULL OFFSET 0) p
                CROSS JOIN LATERAL (
                    SELECT jsonb_object_agg(key, p.was -> key) FILTER (WHERE p.was IS NOT NULL) AS before,
                        jsonb_object_agg(key, p.now -> key) FILTER (WHERE p.now IS NOT NULL) AS after
                    FROM jsonb_object_keys(coalesce(p.now, p.was)) AS key
                    WHERE p.was -> key IS DISTINCT FROM p.now -> key) d
                OFFSET 0) r OFFSET 0) s;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION tenancy_audit() FROM PUBLIC;
