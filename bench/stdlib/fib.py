"""A whole process: `fib 30`, from its start to its end, as krait's example and as the Python that it was (cookbook 19)."""

import resource
import subprocess

from bench import peers

RUNS = 40  # of each program in a round; a process of a millisecond is below the clock's grain
NOTES = """
import sys
sys.argv = ["fib", "30"]
sys.path.insert(0, {folder!r})
import notes
notes.main()
"""
FOLDER = peers.ROOT / "cookbook" / "19-fib-command-line"


def seconds(command):
    """CPU time of one run, of its children's user and system time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(RUNS):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / RUNS


def run(rounds):
    krait = [str(peers.built("examples/fib")), "30"]
    cpython = [str(peers.base_python()), "-B", "-c", NOTES.format(folder=str(FOLDER))]
    row = {"case": "fib 30, the whole process", "unit": "s CPU", "krait": [], "cpython": []}
    for _ in range(rounds):
        row["krait"].append(seconds(krait))
        row["cpython"].append(seconds(cpython))
    return [row]


GOALS = {"*": {"cpython": 10}}
