-- Sealing. The job asks for the next stretch of settled entries, computes the mac with a key that the database never
-- sees, and hands the block back; these functions, owned by a role that can do nothing else, append exactly
-- one block to the end of the chain. Only the head is locked: sealers wait for each other, writers for nobody.

-- Entries of one cluster after (from_xid, from_id], up to (upto_xid, upto_id), the first `most` of them.
CREATE OR REPLACE FUNCTION tenancy_audit_stretch(
    organization bigint, of_cluster bigint, from_xid bigint, from_id bigint, upto_xid bigint, upto_id bigint,
    most integer, OUT entries integer, OUT members bytea, OUT digest bytea, OUT last_xid bigint, OUT last_id bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT count(*)::integer, coalesce(string_agg(int8send(s.id) || substr(s.digest, 1, 8), '' ORDER BY s.xid, s.id), ''),
        sha256(coalesce(string_agg(int8send(s.id) || s.digest, '' ORDER BY s.xid, s.id), '')),
        max(s.xid), (array_agg(s.id ORDER BY s.xid DESC, s.id DESC))[1]
    FROM (SELECT e.xid, e.id, e.digest FROM tenancy_auditentry e
        WHERE e.organization_id = organization AND e.cluster = of_cluster
            AND (e.xid, e.id) > (from_xid, from_id) AND (e.xid, e.id) <= (upto_xid, upto_id)
        ORDER BY e.xid, e.id LIMIT most) s
$$;
REVOKE ALL ON FUNCTION tenancy_audit_stretch(bigint, bigint, bigint, bigint, bigint, bigint, integer) FROM PUBLIC;

-- Where the chain of one cluster has come to.
CREATE OR REPLACE FUNCTION tenancy_audit_position(
    organization bigint, of_cluster bigint, OUT upto_xid bigint, OUT upto_id bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(max(b.upto_xid), 0), coalesce(max(b.upto_id), 0)
    FROM (SELECT k.upto_xid, k.upto_id FROM tenancy_auditblock k
        WHERE k.organization_id = organization AND k.cluster = of_cluster ORDER BY k.number DESC LIMIT 1) b
$$;
REVOKE ALL ON FUNCTION tenancy_audit_position(bigint, bigint) FROM PUBLIC;

-- The clusters an organisation's entries were written in: one, and one more for each move of the database.
CREATE OR REPLACE FUNCTION tenancy_audit_clusters(organization bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    WITH RECURSIVE found AS (
        SELECT min(e.cluster) AS cluster FROM tenancy_auditentry e WHERE e.organization_id = organization
        UNION ALL
        SELECT (SELECT min(e.cluster) FROM tenancy_auditentry e
            WHERE e.organization_id = organization AND e.cluster > f.cluster)
        FROM found f WHERE f.cluster IS NOT NULL)
    SELECT cluster FROM found WHERE cluster IS NOT NULL
$$;
REVOKE ALL ON FUNCTION tenancy_audit_clusters(bigint) FROM PUBLIC;

-- Every transaction of this database below the returned one has ended, and the statements that follow see all it
-- wrote. A snapshot's xmin would do, but for transactions of other databases on the same server.
CREATE OR REPLACE FUNCTION tenancy_audit_settled() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    seen pg_snapshot := pg_current_snapshot();
    oldest bigint;
    newborn boolean;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'Sealing needs a snapshot for each statement.' USING ERRCODE = 'invalid_transaction_state';
    END IF;
    FOR look IN 1..20 LOOP
        -- The status is asked for after the locks were read: whose lock was gone by then had ended.
        WITH held AS MATERIALIZED (
            SELECT running, bool_or(d.datname = current_database()) AS here
            FROM pg_snapshot_xip(seen) AS running
            LEFT JOIN (pg_locks l JOIN pg_stat_activity a USING (pid) JOIN pg_database d ON d.oid = a.datid)
                ON l.locktype = 'transactionid' AND l.granted
                AND l.transactionid::text::bigint = running::text::bigint & 4294967295
            GROUP BY running)
        SELECT min(running::text::bigint), bool_or(here IS NULL) INTO oldest, newborn
        FROM held WHERE here IS NOT FALSE AND pg_xact_status(running) = 'in progress';
        -- One that has its id but not yet the lock may be of any database: it is looked at again.
        EXIT WHEN newborn IS NOT TRUE;
        PERFORM pg_sleep(0.001);
    END LOOP;
    RETURN least(oldest, pg_current_xact_id_if_assigned()::text::bigint, pg_snapshot_xmax(seen)::text::bigint);
END $$;
REVOKE ALL ON FUNCTION tenancy_audit_settled() FROM PUBLIC;

CREATE OR REPLACE FUNCTION tenancy_audit_next_block(most integer) RETURNS TABLE (
    number bigint, cluster bigint, from_xid bigint, from_id bigint, upto_xid bigint, upto_id bigint,
    entries integer, members bytea, digest bytea, previous_mac bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    organization bigint := current_setting('app.organization_id')::bigint;
    this_cluster bigint := (pg_control_system()).system_identifier;
    far constant bigint := 9223372036854775807;
    settled bigint;
    head record;
    since record;
    stretch record;
    which bigint;
BEGIN
    INSERT INTO tenancy_audithead (organization_id, number, mac) VALUES (organization, 0, '') ON CONFLICT DO NOTHING;
    SELECT h.number, h.mac INTO head FROM tenancy_audithead h WHERE h.organization_id = organization FOR UPDATE;
    settled := tenancy_audit_settled();
    -- What a restored dump brought along from other clusters is complete and comes first.
    FOR which IN SELECT c FROM tenancy_audit_clusters(organization) AS c ORDER BY c = this_cluster, c LOOP
        SELECT * INTO since FROM tenancy_audit_position(organization, which);
        SELECT * INTO stretch FROM tenancy_audit_stretch(organization, which, since.upto_xid, since.upto_id,
            CASE WHEN which = this_cluster THEN settled - 1 ELSE far END, far, most);
        IF stretch.entries > 0 THEN
            RETURN QUERY SELECT head.number + 1, which, since.upto_xid, since.upto_id,
                -- A stretch that reached its end also covers the empty rest: nothing can be slipped in behind it.
                CASE WHEN stretch.entries < most AND which = this_cluster THEN settled - 1 ELSE stretch.last_xid END,
                CASE WHEN stretch.entries < most AND which = this_cluster THEN far ELSE stretch.last_id END,
                stretch.entries, stretch.members, stretch.digest, head.mac;
            RETURN;
        END IF;
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION tenancy_audit_append_block(
    new_number bigint, of_cluster bigint, from_xid bigint, from_id bigint, upto_xid bigint, upto_id bigint,
    expected_digest bytea, previous bytea, sealed timestamptz, key text, new_mac bytea, new_seal bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    organization bigint := current_setting('app.organization_id')::bigint;
    settled bigint;
    head record;
    since record;
    stretch record;
BEGIN
    SELECT h.number, h.mac INTO head FROM tenancy_audithead h WHERE h.organization_id = organization FOR UPDATE;
    settled := tenancy_audit_settled();
    SELECT * INTO since FROM tenancy_audit_position(organization, of_cluster);
    SELECT * INTO stretch FROM tenancy_audit_stretch(
        organization, of_cluster, from_xid, from_id, upto_xid, upto_id, NULL);
    IF new_number IS DISTINCT FROM head.number + 1 OR previous IS DISTINCT FROM head.mac
        OR (from_xid, from_id) IS DISTINCT FROM (since.upto_xid, since.upto_id)
        OR expected_digest IS DISTINCT FROM stretch.digest OR length(new_mac) <> 32
        OR (of_cluster = (pg_control_system()).system_identifier
            AND upto_xid >= settled)
    THEN
        RAISE EXCEPTION 'The block does not continue the chain.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    INSERT INTO tenancy_auditblock VALUES (organization, new_number, of_cluster, from_xid, from_id, upto_xid, upto_id,
        stretch.entries, stretch.members, stretch.digest, previous, key, new_mac, sealed);
    UPDATE tenancy_audithead SET number = new_number, mac = new_mac, key_id = key, seal = new_seal, sealed_at = sealed
    WHERE organization_id = organization;
END $$;

GRANT CREATE ON SCHEMA public TO @sealer@;
ALTER FUNCTION tenancy_audit_next_block(integer) OWNER TO @sealer@;
ALTER FUNCTION tenancy_audit_append_block(
    bigint, bigint, bigint, bigint, bigint, bigint, bytea, bytea, timestamptz, text, bytea, bytea) OWNER TO @sealer@;
REVOKE CREATE ON SCHEMA public FROM @sealer@;
GRANT EXECUTE ON FUNCTION tenancy_audit_stretch(bigint, bigint, bigint, bigint, bigint, bigint, integer) TO @sealer@;
GRANT EXECUTE ON FUNCTION tenancy_audit_position(bigint, bigint) TO @sealer@;
GRANT EXECUTE ON FUNCTION tenancy_audit_clusters(bigint) TO @sealer@, @app@;
GRANT EXECUTE ON FUNCTION tenancy_audit_settled() TO @sealer@;
REVOKE ALL ON FUNCTION tenancy_audit_next_block(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenancy_audit_next_block(integer) TO @app@;
REVOKE ALL ON FUNCTION tenancy_audit_append_block(
    bigint, bigint, bigint, bigint, bigint, bigint, bytea, bytea, timestamptz, text, bytea, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenancy_audit_append_block(
    bigint, bigint, bigint, bigint, bigint, bigint, bytea, bytea, timestamptz, text, bytea, bytea) TO @app@;
