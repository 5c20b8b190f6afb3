"""What the database's own catalogue must say about every table. `complaints` lists each way in which it does not."""

from collections.abc import Iterator

from django.conf import settings

PLATFORM_TABLES = {
    "django_migrations": "which migrations have run",
    "django_content_type": "names of models",
    "django_session": "read before anybody is known; its key is a secret of the browser's",
    "auth_permission": "the permissions there are",
    "auth_group": "comes with django.contrib.auth; never used",
    "auth_group_permissions": "comes with django.contrib.auth; never used",
    "tenancy_user": "credentials belong to a person, not to an organisation",
    "tenancy_organization": "read before its context is open; has policies of its own",
    "tenancy_due": "what sweepers read across organisations; carries no content",
    "tenancy_cache": "throttles of sign-in; nothing of an organisation is cached in it",
    "account_emailaddress": "sign-in addresses of persons",
    "account_emailconfirmation": "sign-in addresses of persons",
    "mfa_authenticator": "second factors of persons, encrypted",
    "usersessions_usersession": "a person's own sessions",
}
DEFINER_FUNCTIONS = {
    "tenancy_organizations_of": "a person's own organisations, before any context is open",
    "tenancy_audit": "writes audit rows, which the application cannot",
    "tenancy_audit_platform": "writes audit rows of platform tables",
    "tenancy_audit_access": "records an access",
    "tenancy_audit_event": "records a sign-in event",
    "tenancy_audit_erase": "the one door by which audited values are erased",
    "tenancy_audit_partitions": "makes the partitions of the coming months",
    "tenancy_audit_next_block": "gives the sealer what is to be sealed",
    "tenancy_audit_append_block": "appends a sealed block",
    "customers_know_size": "only an owner may ANALYZE; answers nothing",
    "customers_known_words": "which words occur in search documents, as customers_search",
    "customers_search": "text search, whose operators use no index under row-level security",
}
UNLED_INDEXES = {
    "tenancy_membership_user": "a person's own organisations, by the function that looks across them",
    "customers_search_document": "GIN over lexemes that begin with the organisation",
}
LOOSE_KEYS = {
    "customers_importrow.target_id": "a customer that the import may yet make, or that was merged since",
    "customers_timelineentry.subject_id": "names a row of any floor above",
}
"""Columns of type uuid that end in _id and are no foreign key."""

MINE = "(organization_id = (current_setting('app.organization_id'::text))::bigint)"
_TABLES = """
SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity,
       EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organization_id'),
       EXISTS (SELECT 1 FROM pg_attribute a
               WHERE a.attrelid = c.oid AND a.attname = 'organization_id' AND a.attnotnull)
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY c.relname
"""
_INDEXES = """
SELECT i.relname, x.indisprimary, x.indisunique,
       ARRAY(SELECT coalesce(a.attname::text, '(expression)') FROM unnest(x.indkey::int2[]) WITH ORDINALITY k(number, place)
             LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number AND k.number > 0
             WHERE k.place <= x.indnkeyatts ORDER BY k.place)
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = %s
"""
_KEYS = """
SELECT k.conname, k.confrelid::regclass::text,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY c(number, place)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.number ORDER BY c.place),
       ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY c(number, place)
             JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = c.number ORDER BY c.place)
FROM pg_constraint k WHERE k.contype = 'f' AND k.conrelid = %s
"""
_POLICIES = "SELECT policyname, roles::text[], cmd, qual, with_check FROM pg_policies WHERE tablename = %s"
_LOOSE = """
SELECT a.attname FROM pg_attribute a
WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'uuid'::regtype
  AND a.attname LIKE '%%\\_id' AND NOT EXISTS (
    SELECT 1 FROM pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype = 'f' AND a.attnum = ANY (k.conkey))
"""


def complaints(cursor) -> list[str]:
    """Everything that the walls would miss, in words. Empty is good."""
    return [
        *_table_complaints(cursor),
        *_view_complaints(cursor),
        *_function_complaints(cursor),
        *_role_complaints(cursor),
    ]


def _rows(cursor, sql: str, *arguments) -> list[tuple]:
    cursor.execute(sql, arguments or None)
    return cursor.fetchall()


def _table_complaints(cursor) -> Iterator[str]:
    for oid, name, secured, forced, has_column, never_null in _rows(cursor, _TABLES):
        if name in PLATFORM_TABLES:
            continue
        if not has_column:
            yield f"{name}: neither a tenant table nor on the list of platform tables"
            continue
        if not never_null:
            yield f"{name}: organization_id may be null"
        if not (secured and forced):
            yield f"{name}: row-level security is not enabled and forced"
        is_audit = name.startswith("tenancy_audit")
        yield from _policy_complaints(cursor, name, is_audit)
        yield from _index_complaints(cursor, oid, name, is_audit)
        if not is_audit:
            yield from _key_complaints(cursor, oid, name)


def _policy_complaints(cursor, table: str, is_audit: bool) -> Iterator[str]:
    found = {row[0]: row[1:] for row in _rows(cursor, _POLICIES, table)}
    app, backup, search, sealer = (
        settings.DATABASE_ROLES[name] for name in ("app", "backup", "search", "sealer")
    )
    owner = settings.DATABASES["owner"]["USER"]
    if is_audit:
        wanted = {
            "audit_tenant": ([app], "SELECT", MINE, None),
            "audit_owner": ([owner], "ALL", "true", "true"),
            "audit_backup": ([backup], "SELECT", "true", None),
            "audit_sealer": ([sealer], "ALL", "true", "true"),
        }
    else:
        wanted = {
            "tenant": ([app], "ALL", MINE, MINE),
            "service": (sorted([owner, backup, search]), "ALL", "true", "true"),
        }
    if {name: (sorted(roles), *rest) for name, (roles, *rest) in found.items()} != wanted:
        yield f"{table}: its policies are not exactly {', '.join(wanted)}"


def _index_complaints(cursor, oid: int, table: str, is_audit: bool) -> Iterator[str]:
    indexes = _rows(cursor, _INDEXES, oid)
    primary = next((columns for _name, is_primary, _unique, columns in indexes if is_primary), [])
    if primary[:1] != ["organization_id"] or not (is_audit or primary == ["organization_id", "id"]):
        yield f"{table}: its primary key is not (organization_id, id)"
    for name, _primary, unique, columns in indexes:
        if unique and "organization_id" not in columns:
            yield f"{table}: the unique index {name} does not contain organization_id"
        if columns[:1] != ["organization_id"] and name not in UNLED_INDEXES:
            yield f"{table}: the index {name} does not begin with organization_id"


def _key_complaints(cursor, oid: int, table: str) -> Iterator[str]:
    for name, target, columns, pointed in _rows(cursor, _KEYS, oid):
        if target in PLATFORM_TABLES:
            continue
        if columns[:1] != ["organization_id"] or pointed[:1] != ["organization_id"] or len(columns) < 2:
            yield f"{table}: the key {name} to {target} does not name the organisation"
    for (column,) in _rows(cursor, _LOOSE, oid):
        if f"{table}.{column}" not in LOOSE_KEYS:
            yield f"{table}: {column} points somewhere without a foreign key"


def _view_complaints(cursor) -> Iterator[str]:
    views = _rows(
        cursor,
        "SELECT relname, relkind, coalesce(reloptions, '{}') FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')",
    )
    for name, kind, options in views:
        if kind == "m":
            yield f"{name}: a materialised view has no row-level security"
        elif not {"security_invoker=true", "security_invoker=on", "security_invoker=1"} & set(options):
            yield f"{name}: the view does not run with the rights of who reads it"


def _function_complaints(cursor) -> Iterator[str]:
    functions = _rows(
        cursor,
        "SELECT proname, coalesce(proconfig, '{}'), proacl IS NULL OR EXISTS ("
        " SELECT 1 FROM aclexplode(proacl) g WHERE g.grantee = 0 AND g.privilege_type = 'EXECUTE') FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND prosecdef",
    )
    for name, options, for_everybody in functions:
        if name not in DEFINER_FUNCTIONS:
            yield f"{name}: a SECURITY DEFINER function that is not on the list"
        if not any(option.startswith("search_path=") for option in options):
            yield f"{name}: a SECURITY DEFINER function without a search_path"
        elif not any(option.endswith("pg_temp") for option in options if option.startswith("search_path=")):
            # Unless it is named last, the schema of temporary tables and types comes first.
            yield f"{name}: temporary objects can take the place of what this SECURITY DEFINER function means"
        if for_everybody:
            yield f"{name}: every role may run this SECURITY DEFINER function"


def _role_complaints(cursor) -> Iterator[str]:
    app = settings.DATABASE_ROLES["app"]
    ((is_super, bypasses),) = _rows(
        cursor, "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s", app
    )
    if is_super or bypasses:
        yield f"{app}: is a superuser or bypasses row-level security"
    owned = _rows(
        cursor,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND pg_get_userbyid(relowner) = %s",
        app,
    )
    yield from (f"{app}: owns {name}" for (name,) in owned)
    emptied = _rows(
        cursor,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND has_table_privilege(%s, oid, 'TRUNCATE')",
        app,
    )
    yield from (f"{app}: may truncate {name}" for (name,) in emptied)
    written = _rows(
        cursor,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND relname LIKE 'tenancy\\_audit%%' AND has_table_privilege(%s, oid, 'INSERT, UPDATE, DELETE')",
        app,
    )
    yield from (f"{app}: may write {name}" for (name,) in written)
