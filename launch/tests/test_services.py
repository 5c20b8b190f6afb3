"""The ladder of connections, against a PostgreSQL that stands for somebody else's."""

from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest

from launch import environment, provision
from launch.console import Problem
from launch.services import Services, with_login

ROLES = ("crm_owner", "crm_app", "crm_backup", "crm_search", "crm_sealer")
NOTHING = {"PATH": "/nowhere"}


def run(url, *statements):
    connection = psycopg2.connect(url)
    connection.autocommit = True
    answer = None
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            answer = cursor.fetchall() if cursor.description else None
    connection.close()
    return answer


@pytest.fixture
def outside(outside_server):
    """The outside server's address for a superuser; roles and databases made by a test are removed."""
    url = outside_server.admin_url()
    yield url
    databases = run(url, "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'")
    run(url, *(f'DROP DATABASE "{name}" WITH (FORCE)' for (name,) in databases))
    for role in ("maker", "plain", *ROLES):
        if run(url, f"SELECT 1 FROM pg_roles WHERE rolname = '{role}'"):
            run(url, f"DROP OWNED BY {role}", f"DROP ROLE {role}")


def login(url, role, attributes):
    run(url, f"CREATE ROLE {role} LOGIN {attributes} PASSWORD 'secret'")
    return with_login(url, role, "secret", "postgres")


def start(place, **given):
    services = Services(place, {**NOTHING, "REDIS_URL": "redis://127.0.0.1:1/0", **given})
    return services.start()


def attributes(url):
    return dict(
        run(
            url,
            "SELECT rolname, rolcanlogin::text || rolcreatedb::text || rolsuper::text || rolbypassrls::text"
            " FROM pg_roles WHERE rolname LIKE 'crm\\_%' AND rolname <> 'crm_admin'",
        )
    )


EXPECTED = {
    "crm_owner": "truetruefalsefalse",
    "crm_app": "truefalsefalsefalse",
    "crm_backup": "truefalsefalsefalse",
    "crm_search": "falsefalsefalsefalse",
    "crm_sealer": "falsefalsefalsefalse",
}


def check_installation(url, addresses):
    assert attributes(url) == EXPECTED
    assert run(addresses["DATABASE_URL"], "SELECT current_user::text") == [("crm_app",)]
    owner = addresses["DATABASE_OWNER_URL"]
    query = "SELECT current_user::text, nspowner::regrole::text FROM pg_namespace WHERE nspname = 'public'"
    assert run(owner, query) == [("crm_owner", "crm_owner")]
    run(
        owner,
        "CREATE FUNCTION probe() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "GRANT CREATE ON SCHEMA public TO crm_search",
        "ALTER FUNCTION probe() OWNER TO crm_search",
        "CREATE DATABASE test_probe",
    )
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        run(addresses["DATABASE_URL"], "CREATE TABLE mine (id int)")


def test_embedded_services_are_provisioned_and_noted(place):
    services = Services(place, {"PATH": "/nowhere"})
    try:
        addresses = services.start()
        check_installation(services.started[0].admin_url(), addresses)
        assert environment.read(place.env_file).items() >= addresses.items()
        assert [server.name for server in services.started] == ["PostgreSQL", "Redis"]
        again = Services(place, {"PATH": "/nowhere"})
        assert again.start() == addresses
        assert again.started == []
        assert len(again.embedded) == 2
    finally:
        for server in services.started:
            server.stop()


@pytest.mark.parametrize("rights", ["SUPERUSER", "CREATEROLE CREATEDB"])
def test_a_login_that_may_create_roles_makes_them_once(place, outside, rights):
    url = login(outside, "maker", rights)
    addresses = start(place, DATABASE_URL=url)
    check_installation(outside, addresses)
    assert place.env_file.stat().st_mode & 0o777 == 0o600
    assert "secret" not in place.env_file.read_text()

    again = start(place, DATABASE_URL=url)
    assert again["DATABASE_URL"] == addresses["DATABASE_URL"]
    assert start(place)["DATABASE_OWNER_URL"] == addresses["DATABASE_OWNER_URL"]


def test_a_database_of_another_name_is_used_under_that_name(place, outside):
    url = login(outside, "maker", "SUPERUSER")
    run(outside, "CREATE DATABASE sales OWNER maker")
    addresses = start(place, DATABASE_URL=with_login(url, "maker", "secret", "sales"))
    assert urlsplit(addresses["DATABASE_URL"]).path == "/sales"


def test_a_plain_login_gets_the_sql_an_administrator_must_run(place, outside):
    url = login(outside, "plain", "")
    with pytest.raises(Problem, match="may not create roles") as caught:
        start(place, DATABASE_URL=url)
    script = provision.script()
    assert script in caught.value.remedy
    assert attributes(outside) == {}


def test_the_printed_sql_makes_what_is_needed(outside):
    before, inside = provision.script(password="printed").split('\\connect "crm"\n')
    run(outside, before)
    run(with_database(outside, "crm"), inside)
    urls = {"DATABASE_URL": "crm_app", "DATABASE_OWNER_URL": "crm_owner"}
    check_installation(
        outside, {key: with_login(outside, role, "printed", "crm") for key, role in urls.items()}
    )


def test_a_refusal_leaves_the_server_as_it_was(place, outside):
    url = login(outside, "maker", "SUPERUSER")
    run(outside, "CREATE DATABASE shop")
    run(with_database(outside, "shop"), "CREATE TABLE orders (id int)")
    with pytest.raises(Problem, match="tables of another application"):
        start(place, DATABASE_URL=with_login(url, "maker", "secret", "shop"))
    assert attributes(outside) == {}


def with_database(url, name):
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def test_roles_of_another_installation_are_not_taken_over(place, outside):
    url = login(outside, "maker", "SUPERUSER")
    run(outside, "CREATE ROLE crm_app LOGIN PASSWORD 'theirs'")
    with pytest.raises(Problem, match="made by another installation"):
        start(place, DATABASE_URL=url)
    assert run(with_login(outside, "crm_app", "theirs", "postgres"), "SELECT 1") == [(1,)]


def test_given_connections_are_used_as_they_are(place):
    given = {"DATABASE_URL": "postgres://a@h/d", "DATABASE_OWNER_URL": "postgres://o@h/d"}
    addresses = start(place, **given)
    assert addresses.items() >= {**given, "REDIS_URL": "redis://127.0.0.1:1/0"}.items()
    assert start(place)["DATABASE_URL"] == "postgres://a@h/d"


def test_a_shell_that_has_read_the_env_file_does_not_make_our_server_somebody_elses(place):
    stored = {
        "DATABASE_URL": "postgres://a@h/d",
        "CRM_DATABASE": "embedded",
        "REDIS_URL": "redis://h",
        "CRM_REDIS": "embedded",
    }
    services = Services(place, {"DATABASE_URL": stored["DATABASE_URL"], "REDIS_URL": stored["REDIS_URL"]})
    assert (services.given("DATABASE_URL", stored), services.given("REDIS_URL", stored)) == ("", "")
    chosen = Services(place, {"DATABASE_URL": "postgres://b@h/d"})
    assert chosen.given("DATABASE_URL", stored) == "postgres://b@h/d"


def test_a_server_that_does_not_answer_is_named_in_a_sentence(place):
    with pytest.raises(Problem, match="The database server cannot be used") as caught:
        start(place, DATABASE_URL="postgres://nobody@127.0.0.1:1/crm")
    assert "Traceback" not in caught.value.what
