"""The cookbook as data, for scripts/cookbook and scripts/from-python: what a pair says of itself, and how its halves run.

notes.py opens with a docstring: its title, its story, and after the line "The notes had wrong:" a list. krait.cc opens with
a comment: what it shows and how to run it, and below that, if there is something to say, what differs in C++."""

import ast
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT = 60  # seconds for one run

# What is different in every run, and what stands for it in the comparison.
MASKS = [
    (re.compile(rb"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d([.,]\d+)?"), b"<time>"),
    (re.compile(rb"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\b"), b"<time>"),
    (re.compile(rb"\b1[0-9]{9}\.\d+\b"), b"<time>"),
    (re.compile(rb"\bpid[ =:]?\s*\d+"), b"<pid>"),
    (re.compile(rb"\b0x[0-9a-f]{6,}\b"), b"<address>"),
    # A unittest report: how long it took, and the frames of a traceback, of which C++ keeps only those it has a reason to.
    (re.compile(rb"^(Ran \d+ tests? in )\d+\.\d{3}s$", re.MULTILINE), rb"\1<seconds>"),
    (re.compile(rb"^(Traceback \(most recent call last\):\n)(?:[ ]{2}.*\n)+", re.MULTILINE), rb"\1  <frames>\n"),
]


@dataclass
class Ran:
    """status is the exit status, or what became of the program instead; out and err are masked."""

    status: int | str
    out: bytes = b""
    err: bytes = b""


def run(command, folder):
    environment = os.environ | {"PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return Ran(f"still running after {TIMEOUT} s")
    except OSError as error:
        return Ran(str(error))
    return Ran(done.returncode, masked(done.stdout), masked(done.stderr))


def masked(text):
    for pattern, stands_for in MASKS:
        text = pattern.sub(stands_for, text)
    return text


@dataclass
class Pair:
    folder: Path

    @property
    def name(self):
        return self.folder.name

    @property
    def number(self):
        return self.name.split("-")[0]

    def run_python(self):
        return run([sys.executable, "notes.py"], self.folder)

    def run_krait(self):
        return run([ROOT / "build/cookbook" / self.name], self.folder)

    @cached_property
    def python(self):
        """(docstring, the code below it)"""
        text = (self.folder / "notes.py").read_text(encoding="utf-8")
        tree = ast.parse(text)
        below = "\n".join(text.splitlines()[tree.body[0].end_lineno :])
        return ast.get_docstring(tree) or "", below.strip("\n")

    @cached_property
    def krait(self):
        """(the lines of the opening comment, the code below it)"""
        lines = (self.folder / "krait.cc").read_text(encoding="utf-8").splitlines()
        end = next((i for i, line in enumerate(lines) if not line.startswith("//")), len(lines))
        return [line[2:].strip() for line in lines[:end]], "\n".join(lines[end:]).strip("\n")

    @property
    def title(self):
        return self.python[0].split("\n")[0]

    @property
    def story(self):
        return self.python[0].partition("\n")[2].partition("The notes had wrong:")[0].strip()

    @property
    def wrong(self):
        return self.python[0].partition("The notes had wrong:")[2].strip()

    @property
    def remarks(self):
        return "\n".join(self.krait[0][1:]).strip()


def pairs(asked=()):
    """All of them, in order, or those asked for by number or name."""
    found = [Pair(path.parent) for path in sorted(ROOT.glob("cookbook/*/krait.cc"))]
    return [pair for pair in found if not asked or pair.name in asked or pair.number in asked]
