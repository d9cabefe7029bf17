#!/usr/bin/env python3
"""Sends the same requests to krait-conform and to a judge, and shows where their answers differ.

  compare.py --oracle 'python3.13 oracle.py' FILE...          requests from files, one JSON a line ("-" is standard input)
  compare.py --oracle CMD --random 20000 [--seed 1]           random scenarios; each difference is made as small as can be
  compare.py --recorded FILE...                               against the answers that CPython gave, kept in the files
  compare.py --oracle CMD --record FILE...                    asks the judge for those answers and writes them down

The judge answers a line for a line as krait-conform does; it may also come from the environment: KRAIT_ORACLE.
A recorded line is {"name": what it shows, "request": {"op", …}, "answer": {"ok" or "error"}}.
"""

import argparse
import json
import os
import select
import shlex
import subprocess
import sys
from pathlib import Path

import generate
import shrink

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20  # seconds for one answer: who needs more hangs


class Died(Exception):
    """The program ended, or hung, instead of answering."""


class Program:
    """One that answers line by line; started again when it died."""

    def __init__(self, command):
        self.command = shlex.split(command)
        self.process = None

    def start(self):
        try:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        except FileNotFoundError:
            raise SystemExit("cannot start %s: it is not there (./dev test builds krait-conform)" % self.command[0]) from None
        self.rest = b""

    def ask(self, request):
        """The answer; {"died": how} when there is none."""
        if self.process is None:
            self.start()
        try:
            self.process.stdin.write(json.dumps(request, ensure_ascii=False).encode() + b"\n")
            self.process.stdin.flush()
            answer = json.loads(self.read_line())
        except (Died, BrokenPipeError, ValueError) as error:
            return {"died": self.stop() or str(error) or "hung"}
        answer.pop("id", None)
        return answer

    def read_line(self):
        while b"\n" not in self.rest:
            ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
            if not ready:
                raise Died("no answer within %d s" % PATIENCE)
            data = os.read(self.process.stdout.fileno(), 1 << 16)
            if not data:
                raise Died("ended")
            self.rest += data
        line, self.rest = self.rest.split(b"\n", 1)
        return line

    def stop(self):
        """Gives how it ended, if it had ended by itself."""
        process, self.process = self.process, None
        if process is None:
            return None
        try:
            process.stdin.close()
        except BrokenPipeError:
            pass
        try:
            code = process.wait(timeout=2)
            return "exit status %d" % code if code else None
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return "hung, killed"
        finally:
            process.stdout.close()


def same(got, wanted):
    """Equal as JSON texts: to Python 1, 1.0 and True were one."""
    return json.dumps(got, sort_keys=True) == json.dumps(wanted, sort_keys=True)


def differ(request, conform, oracle):
    """(krait's answer, the judge's), or None when they are equal or the judge has no opinion."""
    wanted = oracle.ask(request)
    if "ok" not in wanted:
        return None
    got = conform.ask(request)
    return None if same(got, wanted) else (got, wanted)


def show(request, got, wanted):
    if "scenario" in request:
        scenario = request["scenario"]
        print("  main %s" % scenario["main"])
        for name, steps in scenario["coros"].items():
            print("  %s = %s" % (name, json.dumps(steps, ensure_ascii=False)))
    else:
        print("  " + json.dumps(request, ensure_ascii=False))
    for label, answer in (("krait", got), ("judge", wanted)):
        if "ok" in answer and isinstance(answer["ok"], dict) and "trace" in answer["ok"]:
            print("  %s: %s" % (label, answer["ok"]["end"]))
            for line in answer["ok"]["trace"]:
                print("      " + line)
        else:
            print("  %s: %s" % (label, json.dumps(answer, ensure_ascii=False)))


def smallest(request, conform, oracle):
    """The request with its scenario shrunk as far as it still differs."""
    def still(scenario):
        return differ({**request, "scenario": scenario}, conform, oracle) is not None
    return {**request, "scenario": shrink.shrink(request["scenario"], still)}


def compare(requests, conform, oracle, options):
    asked = differences = 0
    for request in requests:
        asked += 1
        found = differ(request, conform, oracle)
        if asked % 5000 == 0:
            print("%d asked, %d differ" % (asked, differences), file=sys.stderr)
        if not found:
            continue
        differences += 1
        if differences > options.first:
            continue
        print("difference %d, id %s" % (differences, request.get("id")))
        if "scenario" in request and not options.no_shrink:
            request = smallest(request, conform, oracle)
            found = differ(request, conform, oracle) or found
        show(request, *found)
        sys.stdout.flush()
    print("%d asked, %d differ" % (asked, differences))
    return differences


def replay(paths, conform):
    asked = differences = 0
    for path in paths:
        for number, case in enumerate(read_lines(path), 1):
            asked += 1
            got = conform.ask({"id": number, **case["request"]})
            if same(got, case["answer"]):
                continue
            differences += 1
            print("%s:%d %s" % (path, number, case["name"]))
            show(case["request"], got, case["answer"])
    print("%d recorded, %d differ" % (asked, differences))
    return differences


def record(paths, oracle):
    for path in paths:
        cases = list(read_lines(path))
        for number, case in enumerate(cases, 1):
            case["answer"] = oracle.ask({"id": number, **case["request"]})
            if "ok" not in case["answer"]:
                raise SystemExit("%s:%d cannot be recorded: the judge says %s" % (path, number, case["answer"]))
        text = "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases)
        Path(path).write_text(text, encoding="utf-8")
        print("%s: %d answers recorded" % (path, len(cases)))


def read_lines(path):
    source = sys.stdin if str(path) == "-" else open(path, encoding="utf-8")
    with source:
        for line in source:
            if line.strip():
                yield json.loads(line)


def random_requests(options):
    for number, scenario in enumerate(generate.scenarios(options.seed, options.random, options.size)):
        yield {"id": number, "op": "aio.run", "scenario": scenario}


def file_requests(paths):
    for path in paths:
        for line in read_lines(path):
            yield line.get("request", line)


def conform_command():
    folder = Path(os.environ.get("KRAIT_BUILD_DIR", ROOT / "build"))
    return str(folder / "krait-conform")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--conform", default=conform_command(), help="the program under test")
    parser.add_argument("--oracle", default=os.environ.get("KRAIT_ORACLE"), help="the judge's command")
    parser.add_argument("--recorded", action="store_true", help="compare with the answers in the files")
    parser.add_argument("--record", action="store_true", help="write the judge's answers into the files")
    parser.add_argument("--random", type=int, metavar="COUNT", help="make so many random scenarios")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, help="of a random scenario; by default a mixture")
    parser.add_argument("--first", type=int, default=5, help="how many differences to show")
    parser.add_argument("--no-shrink", action="store_true", help="show scenarios as they were")
    options = parser.parse_args()
    if not options.recorded and not options.oracle:
        parser.error("who is to judge? give --oracle COMMAND or set KRAIT_ORACLE")
    if not options.files and not options.random:
        parser.error("give files of requests, or --random COUNT")
    return options


def main():
    options = parse_arguments()
    conform = Program(options.conform)
    if options.recorded:
        differences = replay(options.files, conform)
    elif options.record:
        return record(options.files, Program(options.oracle))
    else:
        requests = random_requests(options) if options.random else file_requests(options.files)
        differences = compare(requests, conform, Program(options.oracle), options)
    ended = conform.stop()
    if ended:
        print("krait-conform, when its input ended: " + ended)
    raise SystemExit(1 if differences or ended else 0)


if __name__ == "__main__":
    main()
