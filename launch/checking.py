"""`launch check`: style, types, floors, migrations, deployment settings, translations; `launch format` mends the style."""

import secrets

from launch import commands
from launch.console import Problem, note, step
from launch.steps import Setup

# What an installation in earnest sets; the deployment check is about the settings, not about this checkout.
PRODUCTION = {"DEBUG": "0", "DEMO": "0", "SECURE_TLS": "1", "ALLOWED_HOSTS": "crm.example.com"}

# What to do about a check that failed, where its own words do not say it.
REMEDIES = {
    "ruff": "`make format` mends what it can, in migrations too.",
    "format": "`make format` mends it.",
    "floors": "An app stands in pyproject.toml twice: in root_packages and, at its floor, in layers.",
    "migrations": "`manage.py makemigrations <app> -n what_it_is`, then `make format`.",
    "translations": "`python3 -m launch.messages extract`, then fill in locale/zh_Hans.",
}


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
        if name in REMEDIES:
            note(f"→ {REMEDIES[name]}")
    return outcome.ok


def mend(place, environ):
    """Write the code as the checks of style want it: what `makemigrations` wrote, most of all."""
    setup = Setup(place, environ)
    setup.packages()
    ruff = place.python.parent / "ruff"
    # An import that nothing uses yet may be about to be used.
    fix = ["check", "--fix-only", "--unfixable=F401"]
    for name, arguments in (("ruff", fix), ("format", ["format"])):
        outcome = commands.run(place, f"mend-{name}", [ruff, *arguments, "."], env=setup.env)
        for line in outcome.output.strip().splitlines():
            note(line)
        if not outcome.ok:
            raise Problem("Not everything could be formatted.")
    step("Formatted")
