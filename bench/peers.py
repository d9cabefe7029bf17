"""Where the peers' programs come from: a virtual environment of CPython's, Go's and cargo's builds, krait's own folder.

Everything made here lies under build/bench, so removing that folder starts afresh; krait's own programs come from the
release build, or the one that KRAIT_BUILD names. A peer whose tool is missing is left out with a sentence, not
silently: `Missing` carries it.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("KRAIT_BUILD", ROOT / "build" / "release"))
MADE = ROOT / "build" / "bench"
REQUIREMENTS = ROOT / "bench" / "requirements.txt"
LOCK = ROOT / "bench" / "asyncio" / "tokio" / "Cargo.lock"

# The CPython that the published figures were taken with; any other from OLDEST on serves, and the report names it.
WANTED = (3, 13)
OLDEST = (3, 11)


class Missing(Exception):
    """A peer cannot be had here; the message says what to install."""


def _output(*command):
    """What a command prints, or None when it cannot run."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _interpreters():
    """Candidates in order of preference. A shim may stand in the path for a version that is not switched on."""
    wanted = ".".join(map(str, WANTED))
    if chosen := os.environ.get("KRAIT_BENCH_PYTHON"):
        yield chosen
    yield f"python{wanted}"
    for version in reversed((_output("pyenv", "versions", "--bare") or "").split()):
        if version.startswith(wanted + "."):
            yield f"{_output('pyenv', 'prefix', version)}/bin/python{wanted}"
    yield "python3"
    yield sys.executable


def base_python():
    """The interpreter to make the environment from."""
    probe = "import sys, venv, ensurepip; print(sys.version_info >= %r)" % (OLDEST,)
    for candidate in _interpreters():
        if _output(candidate, "-c", probe) == "True":
            return candidate
    raise Missing(f"no Python from {OLDEST[0]}.{OLDEST[1]} on with venv (apt-get install python3-venv)")


def python():
    """The python of an environment that holds requirements.txt, made when it is missing or another was asked for."""
    home, base = MADE / "venv", base_python()
    asked = hashlib.sha256(REQUIREMENTS.read_bytes() + base.encode()).hexdigest()
    seal = home / "made-from"
    if not seal.exists() or seal.read_text() != asked:
        say(f"making {home.relative_to(ROOT)} with {base}: {', '.join(REQUIREMENTS.read_text().split())}")
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run([base, "-m", "venv", home], check=True)
        subprocess.run([home / "bin" / "pip", "install", "--quiet", "-r", REQUIREMENTS], check=True)
        seal.write_text(asked)
    return home / "bin" / "python"


def go(folder):
    """The program built from the Go module in `folder`."""
    if not shutil.which("go"):
        raise Missing("no Go compiler (apt-get install golang-go)")
    program = MADE / f"go_{Path(folder).parent.name}"
    program.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["go", "build", "-o", program, "."], cwd=folder, check=True, env=os.environ | {"GOFLAGS": "-mod=mod"})
    return program


def cargo(folder):
    """The program of the Rust package in `folder`, in the versions that its Cargo.lock names."""
    if not shutil.which("cargo"):
        raise Missing("no cargo (rustup.rs has one; Debian 12's is too old for this tokio)")
    made = MADE / "cargo"
    subprocess.run(["cargo", "build", "--quiet", "--release", "--locked", "--target-dir", made], cwd=folder, check=True)
    package = (Path(folder) / "Cargo.toml").read_text().split('name = "', 1)[1].split('"', 1)[0]
    return made / "release" / package


def built(name):
    """A program of our own build, e.g. "bench/limit" or "examples/benchmark"."""
    program = BUILD / name
    if not program.exists():
        raise Missing(f"{program} is not built (./dev bench builds it)")
    return program


def ready(table, names):
    """Those of `names` that can be had: what `table`, a function a peer, prepares for each."""
    found = {}
    for name in names:
        try:
            found[name] = table[name]()
        except (Missing, subprocess.CalledProcessError) as why:
            say(f"left out: {name}: {why}")
    if not found:
        sys.exit("cannot measure: no peer is left")
    return found


def pinned(core, *command):
    """The command on one core; it dies with the runner, however that ends."""
    return ["setpriv", "--pdeathsig", "KILL", "taskset", "-c", str(core), *map(str, command)]


def last_core():
    """A core for a program that runs alone: interrupts tend to land on the first."""
    return max(os.sched_getaffinity(0))


def two_cores():
    """One core for a server and one for its load, on two physical cores where the machine has them."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise SystemExit("cannot measure: a server and its load need a core each, and there is one")
    with open(f"/sys/devices/system/cpu/cpu{cores[0]}/topology/thread_siblings_list") as text:
        siblings = text.read().strip()
    twin = {int(word) for part in siblings.split(",") for word in part.split("-")}
    return cores[0], next((core for core in cores if core not in twin), cores[1])


def versions():
    """Which peers these are, for the report."""
    about = "import platform, sysconfig as s; print(platform.python_version(), " \
        "'PGO' if 'profile-use' in str(s.get_config_vars()) else 'no PGO')"
    return {
        "python": _output(MADE / "venv" / "bin" / "python", "-c", about),
        "packages": REQUIREMENTS.read_text().split(),
        "go": _output("go", "env", "GOVERSION"),
        "rust": _output("rustc", "--version"),
        "crates": re.findall(r'name = "(tokio|mio)"\nversion = "(.*)"', LOCK.read_text()),
        "compiler": (_output("clang++-19", "--version") or "").split("\n")[0],
    }


def say(sentence):
    print(sentence, file=sys.stderr, flush=True)
