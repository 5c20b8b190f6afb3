"""The two ladders: what the caller's environment names is used; what it does not name is embedded."""

import json
import os
import secrets
import subprocess
from urllib.parse import urlsplit, urlunsplit

from launch import environment, provision
from launch.console import Problem, note, step
from launch.postgres import Postgres
from launch.redis import Redis

ROLE_OF = {"DATABASE_URL": "crm_app", "DATABASE_OWNER_URL": "crm_owner", "DATABASE_BACKUP_URL": "crm_backup"}


REFUSED_REMEDY = (
    "Name another database, or set DATABASE_URL, DATABASE_OWNER_URL and DATABASE_BACKUP_URL yourself."
)


class Services:
    """PostgreSQL and Redis: `embedded` are servers of our own, `started` those brought up just now."""

    def __init__(self, place, environ=os.environ):
        self.place = place
        self.environ = environ
        self.embedded = []
        self.started = []

    def start(self):
        """Bring both up and write their addresses to `.local/env`."""
        self.place.make()
        environment.ensure_secrets(self.place.env_file)
        addresses = {**self.database(), **self.queue()}
        environment.save(self.place.env_file, addresses)
        return addresses

    def database(self):
        stored = environment.read(self.place.env_file)
        url = self.given("DATABASE_URL", stored)
        if not url:
            return self.embedded_database()
        if stored.get("CRM_DATABASE") == provisioned_mark(url):
            step("PostgreSQL: the server DATABASE_URL names, with the roles made there earlier")
            return {name: stored[name] for name in ROLE_OF}
        if not self.given("DATABASE_OWNER_URL", stored):
            return self.provisioned_database(url)
        step("PostgreSQL: the one DATABASE_URL names")
        named = {name: self.given(name, stored) for name in ROLE_OF}
        return {name: value for name, value in named.items() if value} | {"CRM_DATABASE": "external"}

    def given(self, name, stored):
        """A connection the person chose: in the environment, or by hand in `.local/env`."""
        ours = stored.get("CRM_REDIS" if name == "REDIS_URL" else "CRM_DATABASE") == "embedded"
        chosen, kept = self.environ.get(name, ""), stored.get(name, "")
        if ours and chosen in {"", kept}:
            return ""  # a shell that has read `.local/env` names our own server, which may be down
        return chosen or kept

    def embedded_database(self):
        server = Postgres(self.place, self.environ)
        self.bring_up(server)
        step(f"PostgreSQL {server.binaries.major} on 127.0.0.1:{server.state['port']}")
        if server.state.get("provisioned") != provision.script():
            passwords = server.state.get("passwords") or new_passwords()
            server.remember(passwords=passwords)
            self.provision(server.admin_url(), "crm", passwords, ours=True)
            server.remember(provisioned=provision.script())
        return {name: server.role_url(role) for name, role in ROLE_OF.items()} | {"CRM_DATABASE": "embedded"}

    def queue(self):
        if given := self.given("REDIS_URL", environment.read(self.place.env_file)):
            step("Redis: the one REDIS_URL names")
            return {"REDIS_URL": given, "CRM_REDIS": "external"}
        server = Redis(self.place, self.environ)
        self.bring_up(server)
        step(f"Redis on 127.0.0.1:{server.setting('port')}")
        return {"REDIS_URL": server.url(), "CRM_REDIS": "embedded"}

    def provisioned_database(self, url):
        """Only one login is given: it makes the roles when it may, else an administrator must."""
        name = database_name(url)
        passwords = new_passwords()
        if not self.provision(url, name, passwords):
            raise Problem(
                "DATABASE_URL names a login that may not create roles, and DATABASE_OWNER_URL is not set.",
                "Ask an administrator to run this in psql; then set DATABASE_URL (as crm_app),\n"
                "DATABASE_OWNER_URL (as crm_owner) and DATABASE_BACKUP_URL (as crm_backup):\n\n"
                f"{provision.script(name)}",
            )
        step(f"PostgreSQL: roles and database {name} made on the server DATABASE_URL names")
        note(f"Their log-ins are in {self.place.env_file}; DATABASE_URL is not needed any more.")
        urls = {key: with_login(url, role, passwords[role], name) for key, role in ROLE_OF.items()}
        return urls | {"CRM_DATABASE": provisioned_mark(url)}

    def provision(self, url, database, passwords, ours=False):
        """Run launch.provision in the virtual environment, which has the driver."""
        request = json.dumps({"url": url, "database": database, "passwords": passwords, "ours": ours})
        done = subprocess.run(
            [self.place.python, "-m", "launch.provision"],
            input=request,
            capture_output=True,
            text=True,
            cwd=self.place.root,
        )
        answer = json.loads(done.stdout or json.dumps({"error": done.stderr.strip()[-400:]}))
        if refusal := answer.get("refused"):
            raise Problem(refusal, REFUSED_REMEDY)
        if error := answer.get("error"):
            raise Problem(f"The database server cannot be used: {error}", "Check DATABASE_URL.")
        return answer["provisioned"]

    def bring_up(self, server):
        self.embedded.append(server)
        if server.start():
            self.started.append(server)


def new_passwords():
    return {role: secrets.token_urlsafe(24) for role in provision.LOGINS}


def database_name(url):
    name = urlsplit(url).path.lstrip("/")
    return "crm" if name in ("", "postgres", "template1") else name


def provisioned_mark(url):
    """What `.local/env` notes once the roles were made on a server, so that the next start finds them."""
    return f"provisioned on {urlsplit(url).netloc.rpartition('@')[2]}/{database_name(url)}"


def with_login(url, role, password, database):
    parts = urlsplit(url)
    address = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{password}@{address}", path=f"/{database}"))
