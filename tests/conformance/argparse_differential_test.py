#!/usr/bin/env python3
"""Random parsers and command lines: krait's argparse answers as the argparse of the Python that runs this.

  argparse_differential_test.py                     a few thousand cases, from a seed that a failure prints (KRAIT_SEED sets it)
  argparse_differential_test.py COUNT [SEED]        so many
"""

import argparse
import contextlib
import io
import json
import math
import os
import random
import sys
import tempfile
import time
import warnings
from pathlib import Path

import compare

NEW = sys.version_info >= (3, 13)
SUPPRESS = "==SUPPRESS=="
warnings.simplefilter("ignore")  # nested groups are deprecated, and work

# --- the judge: the same requests, by Python's argparse ---

TYPES = {"int": int, "float": float, "str": str}
PARSER_KEYWORDS = ["prog", "usage", "description", "epilog", "prefix_chars", "allow_abbrev", "add_help", "argument_default",
                   "fromfile_prefix_chars", "conflict_handler", "exit_on_error"]


def from_json(value):
    if value == SUPPRESS:
        return argparse.SUPPRESS
    if isinstance(value, list):
        return [from_json(each) for each in value]
    if isinstance(value, dict):
        if "$tuple" in value:
            return tuple(value["$tuple"])
        return int(value["$int"]) if "$int" in value else float(value["$float"])
    return value


def to_json(value):
    if isinstance(value, (list, tuple)):
        return [to_json(each) for each in value]
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) > 2**53:
        return {"$int": str(value)}
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": str(value)}
    return value


def parser_keywords(given):
    keywords = {name: from_json(given[name]) for name in PARSER_KEYWORDS if name in given}
    if "formatter_class" in given:
        keywords["formatter_class"] = getattr(argparse, given["formatter_class"])
    return keywords


def add_argument(container, entry):
    keywords = {name: from_json(value) for name, value in entry.items() if name not in ("arg", "in")}
    if "type" in keywords:
        keywords["type"] = TYPES[keywords["type"]]
    if keywords.get("action") == "BooleanOptionalAction":
        keywords["action"] = argparse.BooleanOptionalAction
    container.add_argument(*entry["arg"], **keywords)


def add_parsers(parser, entry):
    made = parser.add_subparsers(**{name: from_json(value) for name, value in entry["subparsers"].items()})
    for each in entry["parsers"]:
        keywords = parser_keywords(each) | {name: from_json(each[name]) for name in ("help", "aliases", "deprecated") if name in each}
        add_all(made.add_parser(each["name"], **keywords), each.get("add", []))


def add_all(parser, entries):
    containers = {}
    for entry in entries:
        container = containers[entry["in"]] if "in" in entry else parser
        if "mutex" in entry:
            containers[entry["mutex"]] = container.add_mutually_exclusive_group(required=entry.get("required", False))
        elif "group" in entry:
            containers[entry["group"]] = container.add_argument_group(entry.get("title"), entry.get("description"))
        elif "subparsers" in entry:
            add_parsers(parser, entry)
        elif "set_defaults" in entry:
            container.set_defaults(**{name: from_json(value) for name, value in entry["set_defaults"].items()})
        else:
            add_argument(container, entry)


def run(parser, request):
    if request.get("intermixed"):
        parse = parser.parse_known_intermixed_args if request.get("known") else parser.parse_intermixed_args
    else:
        parse = parser.parse_known_args if request.get("known") else parser.parse_args
    return parse(request["argv"])


def ask_python(request):
    os.environ["COLUMNS"] = str(request["columns"])
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            parser = argparse.ArgumentParser(**parser_keywords(request["parser"]))
            add_all(parser, request["add"])
            if request["op"] == "argparse.help":
                return {"ok": {"usage": parser.format_usage(), "help": parser.format_help()}}
            try:
                found = run(parser, request)
            except SystemExit as exit:
                return {"ok": {"exit": exit.code, "stdout": out.getvalue(), "stderr": err.getvalue()}}
        space, extra = found if request.get("known") else (found, [])
        answer = {"namespace": {name: to_json(value) for name, value in vars(space).items()}, "extra": extra}
        return {"ok": answer | ({"stderr": err.getvalue()} if request.get("warnings") else {})}
    except Exception as error:
        return {"error": {"type": type(error).__name__, "msg": str(error)}}


# --- random requests ---

LONGS = ["--foo", "--foo-bar", "--food", "--bar", "--verbose", "--very-long-option-name", "--no-foo", "--n", "--größe", "--数", "--x=y", "--a b"]
SHORTS = ["-f", "-b", "-v", "-x", "-q", "-1", "-xy", "-ü", "-ab", "-F"]
NAMES = ["num", "file", "words", "größe", "dash-name", "a", "rest", "other_name"]
WORDS = ["a", "b", "x", "1", "5", "-3", "-1.5", "7", "", "-", "--", "two words", "-a b", "٣", " 7 ", "1_000", "+5", "0x10", "1e3", "日本", "c d",
         "nan", "inf", "-inf", "1_0.5", "99999999999999999999999", "--=", "-=", "=", "--foo=", "-f=3", "-xyz", "-fx", "--fo", "--foo-", "--b",
         "-5\n", "-٣", "it's", '"', "it's \"both\"", "tab\t", "e\u0301", "\u200b", "\u00a0", "ﬁn", "-.5", "-1e3", "--1", "-1x", "256", "257"]
WORDS_OF_HELP = ["file", "the", "number", "of", "things", "which", "well-known", "non-empty", "re-enter-able", "a-b-c", "--foo", "x--y", "日本語の説明", "größe",
                 "e\u0301tude", "verylongwordwithoutanybreakthatdoesnotfit", "%(default)s", "%(prog)s", "%(dest)s", "%%", "%(type)s", "%(metavar)s",
                 "%(choices)s", "%(nargs)s", "%(const)r", "%(required)s", "%(default)10s|", "%(option_strings)s", "\u3000", "\u00a0", "end.", "(see", "below)",
                 "-----", "'quoted'", "http://ex-ample.org/a-b", "\t", "\n", "\n\n\n", "  ", "a,b", "word---word", "1-2", "a1-b2", "été-là", "x-", "-y", "__a-b__"]
TITLES = ["things", "other things", "größen", "options"]


class Generator:
    def __init__(self, seed, folder):
        self.r = random.Random(seed)
        self.folder = folder

    def chance(self, p):
        return self.r.random() < p

    def text(self, words=None, percent=True):
        pool = [word for word in WORDS_OF_HELP if percent or "%" not in word]
        return self.r.choice([" ", " ", " ", "  "]).join(self.r.choice(pool) for _ in range(words or self.r.choice([1, 3, 8, 20, 60])))

    def prose(self):
        """What may only name prog."""
        text = self.text(percent=False)
        return text + " %(prog)s" if self.chance(0.3) else text

    def value(self):
        return self.r.choice(["a", "", "abc", "5", "x y", "日本", "1.5", 5, 0, 300, -7, 1.5, True, False, None, [], ["a", "b"], [1, 2],
                              {"$int": "123456789012345678901234567890"}, SUPPRESS, "-3"])

    def nargs(self):
        return self.r.choice(["?", "*", "+", 1, 2, 3, "...", "A...", "?", "*", "+", SUPPRESS] if self.chance(0.3) else ["?", "*", "+", 2, "?", "*"])

    def metavar(self):
        if self.chance(0.12):
            return {"$tuple": [self.r.choice(["A", "LONGER", "日"]) for _ in range(self.r.choice([1, 2, 2, 3]))]}
        return self.r.choice(["M", "FILE", "a metavar", "LONG_METAVAR_NAME", "数", "", "[X]", "%"])

    def argument(self, prefix):
        if self.chance(0.65):
            names = self.r.sample(SHORTS, self.r.choice([0, 1, 1, 2])) + self.r.sample(LONGS, self.r.choice([0, 1, 1, 2]))
            names = [name.replace("-", prefix) if prefix != "-" else name for name in names] or [prefix + "o"]
        else:
            names = [self.r.choice(NAMES)]
        positional = names[0][0] not in prefix
        entry = {"arg": names}
        actions = (["store"] * 8 + ["append", "extend"] * 2 + ["store_true", "store_false", "store_const", "append_const", "count"] * (1 if positional and self.chance(.8) else 3)
                   + (["version", "help", "BooleanOptionalAction"] if not positional or self.chance(0.1) else []))
        action = self.r.choice(actions)
        if action != "store" or self.chance(0.1):
            entry["action"] = action
        wild = self.chance(0.02)  # a keyword that does not fit
        values = action in ("store", "append", "extend")
        if (values and self.chance(0.5)) or (wild and self.chance(0.5)):
            entry["nargs"] = self.nargs()
        if values and self.chance(0.4):
            entry["type"] = self.r.choice(["int", "float", "str", "int"])
        if (entry.get("nargs") == "?" and self.chance(0.6)) or action.endswith("const") or (wild and self.chance(0.5)):
            entry["const"] = self.value()
        if self.chance(0.4) and action not in ("append", "extend", "count", "help", "version"):
            entry["default"] = self.value()
        elif self.chance(0.3) and action in ("append", "extend"):
            entry["default"] = self.r.choice([[], ["d"], [1], None, SUPPRESS])
        elif self.chance(0.3) and action == "count":
            entry["default"] = self.r.choice([0, 5, None, SUPPRESS, 2.5, True])
        if values and self.chance(0.15):
            entry["choices"] = self.r.choice([["a", "b"], [1, 5, 7], ["日本", "it's"], [1.5, True], [], ["a"] * 3])
        if not positional and self.chance(0.15) and action not in ("help", "version") or (wild and self.chance(0.3)):
            entry["required"] = self.chance(0.7)
        if self.chance(0.7):
            entry["help"] = self.r.choice([self.text(), self.text(), self.text(), "", " ", SUPPRESS, "short", None])
        if (values and self.chance(0.3)) or (wild and self.chance(0.5)):
            entry["metavar"] = self.metavar()
        if not positional and self.chance(0.2) or (wild and self.chance(0.2)):
            entry["dest"] = self.r.choice(["num", "shared", "other", "a-b", SUPPRESS])
        if action == "version":
            entry["version"] = self.r.choice(["1.0", "%(prog)s 2", self.prose()])
        if NEW and self.chance(0.08):
            entry["deprecated"] = True
        return entry

    def arguments(self, prefix, depth=0):
        entries, containers = [], []
        for number in range(self.r.choice([0, 1, 2, 3, 4, 6, 9])):
            if self.chance(0.15):
                kind = self.r.choice(["mutex", "mutex", "group"])
                entry = {kind: f"c{number}"}
                if kind == "mutex" and self.chance(0.3):
                    entry["required"] = True
                if kind == "group":
                    if self.chance(0.9):
                        entry["title"] = self.r.choice(TITLES)
                    if self.chance(0.4):
                        entry["description"] = self.prose()
                if containers and self.chance(0.25):
                    entry["in"] = self.r.choice(containers)
                entries.append(entry)
                containers.append(f"c{number}")
                for _ in range(self.r.choice([1, 2, 2, 3])):
                    inner = self.argument(prefix)
                    if kind == "mutex" and self.chance(0.9):
                        inner.pop("required", None)
                        if inner["arg"][0][0] not in prefix and self.chance(0.9):
                            inner["nargs"] = self.r.choice(["?", "*"])
                            inner.setdefault("default", "d")
                            inner.pop("action", None)
                    entries.append(inner | {"in": f"c{number}"})
                continue
            entry = self.argument(prefix)
            if containers and self.chance(0.2):
                entry["in"] = self.r.choice(containers)
            entries.append(entry)
        if depth < 2 and self.chance(0.15):
            entries.insert(self.r.randint(0, len(entries)) if self.chance(0.2) else len(entries), self.subparsers(prefix, depth))
        if self.chance(0.05):
            entries.append({"set_defaults": {self.r.choice(["num", "shared", "extra"]): self.value()}})
        return entries

    def subparsers(self, prefix, depth):
        keywords = {}
        for name, make in [("title", lambda: self.r.choice(TITLES)), ("description", self.prose), ("dest", lambda: self.r.choice(["command", "num"])),
                           ("required", lambda: True), ("help", self.text), ("metavar", lambda: "CMD")]:
            if self.chance(0.35):
                keywords[name] = make()
        parsers = []
        for name in self.r.sample(["add", "commit", "größe", "a", "-x"], self.r.choice([0, 1, 2, 3])):
            parser = {"name": name} | ({"add": self.arguments(prefix, depth + 1)} if self.chance(0.8) else {})
            if self.chance(0.6):
                parser["help"] = self.r.choice([self.text(percent=False), SUPPRESS, "short"])
            if self.chance(0.3):
                parser["aliases"] = self.r.sample(["ad", "c", "commit", "zz"], self.r.choice([1, 2]))
            if self.chance(0.2):
                parser["description"] = self.prose()
            if NEW and self.chance(0.1):
                parser["deprecated"] = True
            if prefix != "-":
                parser["prefix_chars"] = prefix
            parsers.append(parser)
        return {"subparsers": keywords, "parsers": parsers}

    def parser(self):
        keywords = {"prog": self.r.choice(["prog", "p", "a-program.py", "größe", "x" * 50, "two words"])}
        for name, make, p in [("description", self.prose, 0.4), ("epilog", self.prose, 0.3), ("usage", lambda: self.r.choice(["%(prog)s [options]", "own", SUPPRESS, "100%"]), 0.08),
                              ("add_help", lambda: False, 0.15), ("allow_abbrev", lambda: False, 0.15), ("prefix_chars", lambda: self.r.choice(["+", "-+", "–"]), 0.1),
                              ("argument_default", lambda: self.r.choice([SUPPRESS, "ad", 5]), 0.08), ("conflict_handler", lambda: "resolve", 0.7),
                              ("fromfile_prefix_chars", lambda: self.r.choice(["@", "@%"]), 0.15), ("exit_on_error", lambda: False, 0.08),
                              ("formatter_class", lambda: self.r.choice(["RawDescriptionHelpFormatter", "RawTextHelpFormatter", "ArgumentDefaultsHelpFormatter",
                                                                         "MetavarTypeHelpFormatter"]), 0.35)]:
            if self.chance(p):
                keywords[name] = make()
        return keywords

    def argv(self, entries, keywords):
        options, commands = [], []

        def collect(entries):
            for entry in entries:
                options.extend(name for name in entry.get("arg", []) if name[0] in keywords.get("prefix_chars", "-"))
                for parser in entry.get("parsers", []):
                    commands.append(parser["name"])
                    commands.extend(parser.get("aliases", []))
                    collect(parser.get("add", []))

        collect(entries)
        return [self.word(options, commands, "@" in keywords.get("fromfile_prefix_chars", "")) for _ in range(self.r.choice([0, 1, 2, 3, 4, 5, 7, 10]))]

    def word(self, options, commands, files):
        choice = self.r.random()
        if commands and choice < 0.25:
            return self.r.choice(commands)
        if files and choice < 0.1:
            return self.file()
        if options and choice < 0.6:
            option = self.r.choice(options)
            kind = self.r.random()
            if kind < 0.6:
                return option
            if kind < 0.7:
                return option[: self.r.randint(1, len(option))]
            if kind < 0.85:
                return option + "=" + self.r.choice(WORDS)
            if kind < 0.93:
                return option + self.r.choice(["x", "5", "v", "fv", "-", "abc"])
            return option[0] + "".join(self.r.choice(options)[-1] for _ in range(3))
        if choice < 0.62:
            return self.r.choice(["-h", "--help", "--he", "+h"])
        return self.r.choice(WORDS)

    def file(self):
        if self.chance(0.15):
            return "@" + str(self.folder / self.r.choice(["none", "it's not", "größe"]))
        path = self.folder / f"words{self.r.randint(0, 30)}"
        if not path.exists():
            path.write_text(self.r.choice(["\n", "\r\n", "\u2028", "\x0b"]).join(self.r.choice(WORDS) for _ in range(self.r.randint(0, 4))), encoding="utf-8")
        return f"@{path}"

    def request(self):
        keywords = self.parser()
        prefix = self.r.choice(keywords.get("prefix_chars", "-"))
        entries = self.arguments(prefix)
        request = {"op": "argparse.run", "parser": keywords, "add": entries, "columns": self.r.choice([80, 80, 80, 40, 120, 20, 25, 30, 60, 200, 10, 1, 0, "x"])}
        if self.chance(0.25):
            return request | {"op": "argparse.help"}
        request |= {"argv": self.argv(entries, keywords), "warnings": True}
        if self.chance(0.2):
            request["known"] = True
        if self.chance(0.1):
            request["intermixed"] = True
        return request


# --- what cannot be the same ---

def excused(answer):
    """Why this answer of Python's is no measure, or None."""
    error = answer.get("error", {})
    message = error.get("msg", "")
    if " object at 0x" in message or "<class" in message or "dict" in message:
        return "it shows an address, or a mapping that has no text in C++"
    if " object at 0x" in json.dumps(answer):
        return "it shows an address"
    if "save_nargs" in message:
        return "its clean-up after an error fails, and hides the error"
    if error.get("type") == "AssertionError":
        return "before 3.13 wrapping a usage asserts what does not hold"
    if "not supported between" in message or "unhashable" in message:
        return "an accident of the implementation"
    return None


# What Python before 3.13 does otherwise: where "--" goes, what "-xyz" and "-x=y" may hold, how help is laid out, usage wrapped and a
# group or a wrong metavar treated, and it does not know deprecated. There, only values and error lines are compared, of requests
# with none of these.
DIFFERS_BEFORE_3_13 = ["mutex", "subparsers", "deprecated", "exit_on_error", "formatter_class", "metavar", "A...", "...", "choices", SUPPRESS]


def comparable(request):
    if NEW:
        return True
    text = json.dumps([request["add"], request["parser"]])
    odd = any(word == "--" or word.endswith("=--") or (word[:1] in "-+–" and word[1:2] not in "-+–" and len(word) > 2) for word in request.get("argv", []))
    files = "fromfile_prefix_chars" in request["parser"]
    return request["op"] == "argparse.run" and not odd and not files and "intermixed" not in request \
        and not any(json.dumps(word) in text for word in DIFFERS_BEFORE_3_13)


def essence(answer):
    """What versions agree on: of an exit the code and the last line."""
    if NEW or "exit" not in answer.get("ok", {}):
        return answer
    return {"exit": answer["ok"]["exit"], "error": answer["ok"]["stderr"].splitlines()[-1:]}


def same(got, wanted):
    if all("unexpected keyword" in answer.get("error", {}).get("msg", "") for answer in (got, wanted)):
        return True  # which of several comes first is another matter
    return compare.same(essence(got), essence(wanted))


def compare_all(count, seed):
    conform = compare.Program(compare.conform_command())
    asked = differences = left_out = 0
    kinds = {}
    with tempfile.TemporaryDirectory() as folder:
        generator = Generator(seed, Path(folder))
        for number in range(count):
            request = generator.request()
            if not comparable(request):
                left_out += 1
                continue
            wanted = ask_python(json.loads(json.dumps(request)))
            if excused(wanted):
                left_out += 1
                continue
            asked += 1
            kind = "error" if "error" in wanted else "help" if "help" in wanted["ok"] else "exit %d" % wanted["ok"]["exit"] if "exit" in wanted["ok"] else "namespace"
            kinds[kind] = kinds.get(kind, 0) + 1
            got = conform.ask({"id": number, **request})
            if same(got, wanted):
                continue
            differences += 1
            if differences <= 5:
                print(f"difference {differences}, case {number} of seed {seed}")
                compare.show(request, got, wanted)
    ended = conform.stop()
    print(f"seed {seed}: {asked} asked, {differences} differ, {left_out} left out; " + ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items())))
    return differences or ended


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2500 if NEW else 8000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(os.environ.get("KRAIT_SEED") or time.time_ns() % 2**32)
    sys.exit(1 if compare_all(count, seed) else 0)
