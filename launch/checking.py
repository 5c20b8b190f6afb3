"""`launch check`: style, types, floors, migrations, deployment settings, translations."""

import secrets

from launch import commands
from launch.console import Problem, note, step

# What an installation in earnest sets; the deployment check is about the settings, not about this checkout.
PRODUCTION = {"DEBUG": "0", "DEMO": "0", "SECURE_TLS": "1", "ALLOWED_HOSTS": "crm.example.com"}


def checks(python, env):
    """Name, command and environment of each check; every one leaves the tree as it is."""
    tools, manage = python.parent, [python, "manage.py"]
    production = {**env, **PRODUCTION, "SECRET_KEY": secrets.token_urlsafe(50)}
    return (
        ("ruff", [tools / "ruff", "check", "--quiet", "."], env),
        ("format", [tools / "ruff", "format", "--check", "--quiet", "."], env),
        ("floors", [tools / "lint-imports", "--no-logo"], env),
        ("types", [tools / "mypy"], env),
        ("migrations", [*manage, "makemigrations", "--check", "--dry-run"], env),
        ("deployment", [*manage, "check", "--deploy", "--fail-level", "WARNING"], production),
        ("translations", [python, "-m", "launch.messages", "check"], env),
    )


def check(setup):
    """Run all of them, show what the failed ones say, and raise when there is any."""
    failed = [
        name
        for name, command, env in checks(setup.place.python, setup.env)
        if not passes(setup, name, command, env)
    ]
    if failed:
        raise Problem(f"Checks failed: {', '.join(failed)}.")


def passes(setup, name, command, env):
    outcome = commands.run(setup.place, f"check-{name}", command, env=env)
    step(f"{name}: {'ok' if outcome.ok else 'FAILED'}")
    if not outcome.ok:
        for line in outcome.output.strip().splitlines()[-60:]:
            note(line)
    return outcome.ok
