"""The source tree, as the checks beside this file see it: git's files, those not yet added included."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def files(*patterns):
    """Paths within the tree that match one of git's patterns ("krait/*.h" reaches into every folder below)."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()
    return [path for path in sorted(set(listed)) if (ROOT / path).is_file()]


def lines(path):
    """(number, line) from 1."""
    return enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1)


def includes(path):
    """(line number, file included as it is written)."""
    return [(number, found[1]) for number, line in lines(path) if (found := INCLUDE.match(line))]


def room_of(path):
    """krait/web/app.h and krait/web.h are of the room web; what is outside of krait/ has no room."""
    parts = path.split("/")
    return re.sub(r"(_test)?\.(h|cc)$", "", parts[1]) if parts[0] == "krait" and len(parts) > 1 else None


def is_test(path):
    return path.endswith(("_test.cc", "_test.h"))


def is_private(path):
    """A leading underscore, of the file or of a folder above it: ships, but is not promised."""
    return any(part.startswith("_") for part in path.split("/"))


def report(breaches):
    """Prints them and exits as a check does."""
    for breach in breaches:
        print(breach)
    raise SystemExit(1 if breaches else 0)
