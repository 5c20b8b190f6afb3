"""The trigger function that records every change.

One function for all tables, called once a statement with transition tables, so that a bulk insert of a hundred
thousand rows costs one call, and neither bulk nor raw SQL passes it by. It runs as the owner of the tables; the
application may neither call it nor hang it on a table of its own, since it lacks EXECUTE.

digest = sha256(header | organization | entry | object ‖ content), content = sha256(salt ‖ before | after): values and
salt can be erased, and who, when and what still verify (`tenancy.audit.digests` is the other half of this).
"""

# ruff: noqa: S608  the SQL below is put together from constants of this file

# Every entry of a statement shares these; the names are those of the function's variables.
_SHARED = (
    "happened",
    "this_cluster",
    "this_xid",
    "actor",
    "request",
    "source",
    "who",
    "act",
    "relation",
    "header",
)

# From rows (organization_id, id, before, after) to entries. The salt is drawn once a statement and spread by hashing:
# a random one for each row costs more than all the rest of its digest.
_WRITE = """
        INSERT INTO tenancy_auditentry
        SELECT s.organization_id, s.entry, {happened}, {this_cluster}, {this_xid}, {actor}, {request}, {source},
            {who}, {act}, {relation}, s.id, s.before, s.after, s.salt, s.content,
            sha256(convert_to(concat({header}, s.organization_id, '|', s.entry, '|', s.id), 'UTF8') || s.content)
        FROM (SELECT t.*, sha256(t.salt || convert_to(concat(t.before, '|', t.after), 'UTF8')) AS content
            FROM (SELECT r.*, substr(sha256({seed} || int8send(r.entry)), 1, 16) AS salt
                FROM (SELECT q.*, nextval('tenancy_auditentry_id_seq') AS entry FROM ({rows}) q OFFSET 0) r
                OFFSET 0) t
            OFFSET 0) s"""

_INSERTED = "SELECT n.organization_id, n.id, NULL::json AS before, to_json(n) AS after FROM new_rows n"
_DELETED = "SELECT o.organization_id, o.id, to_json(o) AS before, NULL::json AS after FROM old_rows o"

# A changed key finds no partner: such a row is recorded whole, once as gone and once as come.
_PAIRS = "new_rows n FULL JOIN old_rows o USING (organization_id, id) WHERE n.* *<> o.* OR n.id IS NULL OR o.id IS NULL"

_FEW_UPDATED = f"""
            SELECT p.organization_id, p.id, CASE WHEN p.whole THEN p.was ELSE d.before END AS before,
                CASE WHEN p.whole THEN p.now ELSE d.after END AS after
            FROM (SELECT organization_id, id, n.id IS NULL OR o.id IS NULL AS whole,
                    CASE WHEN o.id IS NOT NULL THEN to_json(o) END AS was,
                    CASE WHEN n.id IS NOT NULL THEN to_json(n) END AS now
                FROM {_PAIRS} OFFSET 0) p
            CROSS JOIN LATERAL (
                SELECT json_object_agg(key, was) AS before, json_object_agg(key, now) AS after
                FROM ROWS FROM (json_each(p.was), json_each(p.now)) AS c(key, was, same_key, now)
                WHERE c.was::text <> c.now::text) d"""

# The same from an expression that names each column: five times as fast, but it must be planned anew each time.
_MANY_UPDATED = f"""
            SELECT organization_id, id,
                CASE WHEN n.id IS NULL THEN to_json(o) WHEN o.id IS NULL THEN NULL ELSE (%s)::json END AS before,
                CASE WHEN o.id IS NULL THEN to_json(n) WHEN n.id IS NULL THEN NULL ELSE (%s)::json END AS after
            FROM {_PAIRS}"""
MANY = 50


def _write(rows: str, **names: str) -> str:
    return _WRITE.format(rows=rows, **{name: name for name in (*_SHARED, "seed")} | names)


def _write_many() -> str:
    parameters = {name: f"${position}" for position, name in enumerate((*_SHARED, "seed"), start=1)}
    return _write(_MANY_UPDATED, **parameters)


TRIGGER_FUNCTION = f"""
CREATE OR REPLACE FUNCTION tenancy_audit_header(
    happened timestamptz, cluster bigint, xid bigint, actor uuid, request text, origin text, db_role text,
    operation text, table_name text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_array((extract(epoch FROM happened) * 1000000)::bigint, cluster, xid, actor, request, origin,
        db_role, operation, table_name)::text || '|'
$$;
REVOKE ALL ON FUNCTION tenancy_audit_header(
    timestamptz, bigint, bigint, uuid, text, text, text, text, text) FROM PUBLIC;

-- A JSON object of the columns of `relation` that differ between the aliases o and n, with the values of `side`.
CREATE OR REPLACE FUNCTION tenancy_audit_changes(relation oid, side text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT format($f$concat('{{', concat_ws(',', %s), '}}')$f$, string_agg(format(
        'CASE WHEN o.%1$I%2$s IS DISTINCT FROM n.%1$I%2$s THEN concat(%3$L, coalesce(to_json(%4$s.%1$I)::text, ''null'')) END',
        attname, plain, to_json(attname)::text || ':', side), ', ' ORDER BY attnum))
    FROM (SELECT attname, attnum, CASE WHEN atttypid IN ('bigint'::regtype, 'integer'::regtype, 'smallint'::regtype,
                'boolean'::regtype, 'uuid'::regtype, 'text'::regtype, 'varchar'::regtype, 'date'::regtype,
                'timestamptz'::regtype, 'bytea'::regtype) THEN '' ELSE '::text' END AS plain
        FROM pg_attribute WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped) columns
$$;
REVOKE ALL ON FUNCTION tenancy_audit_changes(oid, text) FROM PUBLIC;

CREATE OR REPLACE FUNCTION tenancy_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex'
-- A plan made for one row must not meet a hundred thousand with a nested loop.
SET enable_nestloop = off SET jit = off AS $$
DECLARE
    happened timestamptz := clock_timestamp();
    this_cluster bigint;
    this_xid bigint;
    actor uuid := nullif(current_setting('app.actor_id', true), '')::uuid;
    request text := coalesce(current_setting('app.request_id', true), '');
    source text := coalesce(current_setting('app.origin', true), '');
    who text := session_user;
    act text := lower(TG_OP);
    relation text := TG_TABLE_NAME;
    header text;
    seed bytea;
    affected integer;
BEGIN
    IF TG_OP = 'INSERT' THEN
        affected := count(*) FROM (SELECT FROM new_rows LIMIT {MANY}) AS first;
    ELSE
        affected := count(*) FROM (SELECT FROM old_rows LIMIT {MANY}) AS first;
    END IF;
    IF affected = 0 THEN
        RETURN NULL;
    END IF;
    this_cluster := (pg_control_system()).system_identifier;
    this_xid := pg_current_xact_id()::text::bigint;
    header := tenancy_audit_header(happened, this_cluster, this_xid, actor, request, source, who, act, relation);
    seed := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());

    IF TG_OP = 'INSERT' THEN{_write(_INSERTED)};
    ELSIF TG_OP = 'DELETE' THEN{_write(_DELETED)};
    ELSIF affected < {MANY} THEN{_write(_FEW_UPDATED)};
    ELSE
        EXECUTE format($write${_write_many()}$write$,
            tenancy_audit_changes(TG_RELID, 'o'), tenancy_audit_changes(TG_RELID, 'n'))
        USING {", ".join((*_SHARED, "seed"))};
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION tenancy_audit() FROM PUBLIC;
"""
