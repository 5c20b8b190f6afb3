-- The audit's own tables. Nobody but the functions beside this file writes them.

CREATE SEQUENCE IF NOT EXISTS tenancy_auditentry_id_seq;
REVOKE ALL ON SEQUENCE tenancy_auditentry_id_seq FROM PUBLIC, @app@;
GRANT SELECT ON SEQUENCE tenancy_auditentry_id_seq TO @backup@;

-- One row per changed row. organization_id 0 is the platform's own chain (sign-in, MFA, users).
-- cluster and xid say which transaction of which database cluster wrote the row: sealing goes by them,
-- since a sequence is not in commit order, and a restored dump starts its transaction ids anew.
CREATE TABLE IF NOT EXISTS tenancy_auditentry (
    organization_id bigint      NOT NULL,
    id              bigint      NOT NULL DEFAULT nextval('tenancy_auditentry_id_seq'),
    at              timestamptz NOT NULL,
    cluster         bigint      NOT NULL,
    xid             bigint      NOT NULL,
    actor_id        uuid,
    request_id      text        NOT NULL DEFAULT '',
    origin          text        NOT NULL DEFAULT '',
    db_role         text        NOT NULL,
    operation       text        NOT NULL,
    table_name      text        NOT NULL,
    object_id       uuid,
    before          json,
    after           json,
    salt            bytea,
    content         bytea       NOT NULL,
    digest          bytea       NOT NULL,
    PRIMARY KEY (organization_id, at, id),
    CONSTRAINT tenancy_auditentry_operation_known
        CHECK (operation IN ('insert', 'update', 'delete', 'access', 'erase', 'event'))
) PARTITION BY RANGE (at);
CREATE TABLE IF NOT EXISTS tenancy_auditentry_default PARTITION OF tenancy_auditentry DEFAULT;
CREATE INDEX IF NOT EXISTS tenancy_auditentry_object ON tenancy_auditentry (organization_id, object_id, at, id);
CREATE INDEX IF NOT EXISTS tenancy_auditentry_actor ON tenancy_auditentry (organization_id, actor_id, at, id);
CREATE INDEX IF NOT EXISTS tenancy_auditentry_xid ON tenancy_auditentry (organization_id, cluster, xid, id);

-- One block seals the entries whose (xid, id) lies in (from, upto] of one cluster. members holds 16 bytes
-- an entry (its id and the first half of half its digest), so that a break names the very row.
CREATE TABLE IF NOT EXISTS tenancy_auditblock (
    organization_id bigint      NOT NULL,
    number          bigint      NOT NULL,
    cluster         bigint      NOT NULL,
    from_xid        bigint      NOT NULL,
    from_id         bigint      NOT NULL,
    upto_xid        bigint      NOT NULL,
    upto_id         bigint      NOT NULL,
    entries         integer     NOT NULL,
    members         bytea       NOT NULL,
    digest          bytea       NOT NULL,
    previous_mac    bytea       NOT NULL,
    key_id          text        NOT NULL,
    mac             bytea       NOT NULL,
    sealed_at       timestamptz NOT NULL,
    PRIMARY KEY (organization_id, number),
    CONSTRAINT tenancy_auditblock_range CHECK ((from_xid, from_id) < (upto_xid, upto_id)),
    CONSTRAINT tenancy_auditblock_members CHECK (length(members) = entries * 16)
);
CREATE INDEX IF NOT EXISTS tenancy_auditblock_cluster ON tenancy_auditblock (organization_id, cluster, number);

-- The end of the chain, under a mac of its own: whoever cuts the tail off cannot write a fitting head.
CREATE TABLE IF NOT EXISTS tenancy_audithead (
    organization_id bigint PRIMARY KEY,
    number          bigint      NOT NULL,
    mac             bytea       NOT NULL,
    key_id          text        NOT NULL DEFAULT '',
    seal            bytea       NOT NULL DEFAULT '',
    sealed_at       timestamptz NOT NULL DEFAULT now()
);

-- Row-level security and grants, partitions included: a partition named directly has no other wall.
CREATE OR REPLACE FUNCTION tenancy_audit_guard(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    tenant text := 'organization_id = current_setting(''app.organization_id'')::bigint';
    rule record;
BEGIN
    EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, @app@, @backup@, @sealer@', relation);
    EXECUTE format('GRANT SELECT ON %s TO @app@, @backup@, @sealer@', relation);
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', relation);
    FOR rule IN SELECT * FROM (VALUES
        ('tenant', 'FOR SELECT TO @app@ USING (' || tenant || ')'),
        ('owner', 'FOR ALL TO CURRENT_USER USING (true) WITH CHECK (true)'),
        ('backup', 'FOR SELECT TO @backup@ USING (true)'),
        ('sealer', 'FOR ALL TO @sealer@ USING (true) WITH CHECK (true)')) AS r(name, clause)
    LOOP
        EXECUTE format('DROP POLICY IF EXISTS %I ON %s', 'audit_' || rule.name, relation);
        EXECUTE format('CREATE POLICY %I ON %s %s', 'audit_' || rule.name, relation, rule.clause);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION tenancy_audit_guard(regclass) FROM PUBLIC;

SELECT tenancy_audit_guard('tenancy_auditentry');
SELECT tenancy_audit_guard('tenancy_auditentry_default');
SELECT tenancy_audit_guard('tenancy_auditblock');
SELECT tenancy_audit_guard('tenancy_audithead');
GRANT INSERT ON tenancy_auditblock TO @sealer@;
GRANT INSERT, UPDATE ON tenancy_audithead TO @sealer@;

-- Partitions for this month and the next ones. Rows that fell into the default partition meanwhile move.
CREATE OR REPLACE FUNCTION tenancy_audit_partitions(months integer DEFAULT 3) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET lock_timeout = '3s' AS $$
DECLARE
    first date := date_trunc('month', now())::date;
    starts date;
    ends date;
    part text;
    made integer := 0;
BEGIN
    FOR step IN 0 .. least(greatest(months, 0), 24) LOOP
        starts := first + make_interval(months => step);
        ends := first + make_interval(months => step + 1);
        part := 'tenancy_auditentry_' || to_char(starts, 'YYYYMM');
        CONTINUE WHEN to_regclass('public.' || part) IS NOT NULL;
        PERFORM pg_advisory_xact_lock(hashtext('tenancy_audit_partitions'));
        CONTINUE WHEN to_regclass('public.' || part) IS NOT NULL;
        EXECUTE format('CREATE TABLE public.%I (LIKE public.tenancy_auditentry INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
        EXECUTE format('LOCK TABLE public.tenancy_auditentry_default IN ACCESS EXCLUSIVE MODE');
        EXECUTE format('WITH moved AS (DELETE FROM public.tenancy_auditentry_default WHERE at >= %L AND at < %L RETURNING *)'
            ' INSERT INTO public.%I SELECT * FROM moved', starts, ends, part);
        EXECUTE format('ALTER TABLE public.tenancy_auditentry ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
            part, starts, ends);
        PERFORM tenancy_audit_guard(('public.' || part)::regclass);
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION tenancy_audit_partitions(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenancy_audit_partitions(integer) TO @app@;
SELECT tenancy_audit_partitions(3);
