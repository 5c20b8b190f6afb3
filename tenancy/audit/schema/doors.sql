-- The doors through which the application adds to the audit. Each runs as the owner, names its own operation,
-- takes the organisation from the context, and nothing it adds can pass for a change of a row.

-- Adds one entry that no trigger writes. For the doors below alone.
CREATE OR REPLACE FUNCTION tenancy_audit_append(
    organization bigint, act text, target text, object uuid, was json, now json) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    happened timestamptz := clock_timestamp();
    this_cluster bigint := (pg_control_system()).system_identifier;
    this_xid bigint := pg_current_xact_id()::text::bigint;
    actor uuid := nullif(current_setting('app.actor_id', true), '')::uuid;
    request text := coalesce(current_setting('app.request_id', true), '');
    source text := coalesce(current_setting('app.origin', true), '');
    entry bigint := nextval('tenancy_auditentry_id_seq');
    salt bytea := uuid_send(gen_random_uuid());
    content bytea := sha256(salt || convert_to(concat(was, '|', now), 'UTF8'));
    header text := tenancy_audit_header(
        happened, this_cluster, this_xid, actor, request, source, session_user::text, act, target);
BEGIN
    INSERT INTO tenancy_auditentry VALUES (organization, entry, happened, this_cluster, this_xid, actor, request,
        source, session_user, act, target, object, was, now, salt, content,
        sha256(convert_to(concat(header, organization, '|', entry, '|', object), 'UTF8') || content));
    RETURN entry;
END $$;
REVOKE ALL ON FUNCTION tenancy_audit_append(bigint, text, text, uuid, json, json) FROM PUBLIC;

-- Somebody revealed, exported, downloaded or was refused something: what triggers do not see.
CREATE OR REPLACE FUNCTION tenancy_audit_access(target text, object uuid, note json) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT tenancy_audit_append(current_setting('app.organization_id')::bigint, 'access', target, object, NULL, note)
$$;
REVOKE ALL ON FUNCTION tenancy_audit_access(text, uuid, json) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenancy_audit_access(text, uuid, json) TO @app@;

-- Takes the values out of all entries of some rows. Digests stay, so the chain still verifies; the entry
-- that names what was erased is what makes verification accept the gap.
CREATE OR REPLACE FUNCTION tenancy_audit_erase(target text, objects uuid[], reason text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    organization bigint := current_setting('app.organization_id')::bigint;
    gone bigint[];
BEGIN
    IF coalesce(btrim(reason), '') = '' THEN
        RAISE EXCEPTION 'An erasure needs a reason.' USING ERRCODE = 'check_violation';
    END IF;
    WITH erased AS (
        UPDATE tenancy_auditentry SET before = NULL, after = NULL, salt = NULL
        WHERE organization_id = organization AND object_id = ANY (objects) AND table_name = target
            AND operation <> 'erase' AND salt IS NOT NULL
        RETURNING id)
    SELECT array_agg(id ORDER BY id) INTO gone FROM erased;
    IF gone IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM tenancy_audit_append(organization, 'erase', target,
        CASE WHEN cardinality(objects) = 1 THEN objects[1] END, NULL,
        json_build_object('reason', reason, 'objects', objects, 'entries', gone));
    RETURN cardinality(gone);
END $$;
REVOKE ALL ON FUNCTION tenancy_audit_erase(text, uuid[], text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenancy_audit_erase(text, uuid[], text) TO @app@;

-- The platform's own chain (organisation 0). People have numbers there, an entry has room for a UUID.
CREATE OR REPLACE FUNCTION tenancy_audit_person(person bigint) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$ SELECT lpad(to_hex(person), 32, '0')::uuid $$;

CREATE OR REPLACE FUNCTION tenancy_audit_event(event text, person bigint, note json) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT tenancy_audit_append(0, 'event', event, tenancy_audit_person(person), NULL, note)
$$;
REVOKE ALL ON FUNCTION tenancy_audit_event(text, bigint, json) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenancy_audit_event(text, bigint, json) TO @app@;

-- Platform tables. Arguments: the column that names the organisation whose chain it is ('' is the platform's), the
-- column that names the person (or ''), then the columns whose values may be recorded ('*': all). Of all others only the
-- name is, since among them are passwords, addresses and secrets.
CREATE OR REPLACE FUNCTION tenancy_audit_platform() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    now jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    present jsonb := coalesce(now, was);
    changed text[];
    known text[];
BEGIN
    SELECT array_agg(key ORDER BY key), array_agg(key ORDER BY key) FILTER (WHERE TG_ARGV[2] = '*' OR key = ANY (TG_ARGV[2:]))
    INTO changed, known
    FROM jsonb_object_keys(present) AS key
    WHERE was -> key IS DISTINCT FROM now -> key AND key NOT IN ('last_login', 'last_used_at');
    IF changed IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        was := (SELECT jsonb_object_agg(key, was -> key) FROM unnest(known) AS key);
        now := (SELECT jsonb_object_agg(key, now -> key) FROM unnest(known) AS key);
        now := coalesce(now, '{}') || jsonb_build_object('changed', changed);
    ELSE
        was := (SELECT jsonb_object_agg(key, was -> key) FROM unnest(known) AS key WHERE was IS NOT NULL);
        now := (SELECT jsonb_object_agg(key, now -> key) FROM unnest(known) AS key WHERE now IS NOT NULL);
    END IF;
    PERFORM tenancy_audit_append(
        CASE WHEN TG_ARGV[0] = '' THEN 0 ELSE (present ->> TG_ARGV[0])::bigint END, lower(TG_OP), TG_TABLE_NAME::text,
        CASE WHEN TG_ARGV[1] <> '' THEN tenancy_audit_person((present ->> TG_ARGV[1])::bigint)
            ELSE (present ->> 'uid')::uuid END,
        was::json, now::json);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION tenancy_audit_platform() FROM PUBLIC;
