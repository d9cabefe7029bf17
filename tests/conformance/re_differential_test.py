#!/usr/bin/env python3
"""Random patterns, subjects, templates: krait-conform answers what the python that runs this answers.

  re_differential_test.py                   a few thousand cases (KRAIT_SEED: others)
  re_differential_test.py COUNT [SEED]      so many; each difference is shown
"""

import base64
import json
import os
import random
import re
import signal
import sys
import unittest
import warnings
from re import _parser as parser

import compare

FLAGS = ["IGNORECASE", "MULTILINE", "DOTALL", "VERBOSE", "ASCII"]
# Letters with more than two cases, digits and spaces of several kinds, a combining mark, beyond U+FFFF, a newline.
LETTERS = "aabbcABC01_ -,.\n"
UNUSUAL = "éÉßẞſsSıİiIkKµμΜσςΣ\u0345ιͅ٣²½\u2003\x1c\x85字𐐀𐐨😀\u1fbe\ufb05\ufb06"
OLD = sys.version_info < (3, 12)


class Generator:
    def __init__(self, rng):
        self.rng = rng

    def pattern(self):
        self.groups = 0
        self.open = []
        self.names = []
        self.behind = 0
        text = self.alternatives(self.rng.choice([1, 2, 2, 3]))
        if self.rng.random() < 0.08:
            text = "(?%s)" % "".join(self.rng.sample("imsxa", self.rng.randint(1, 2))) + text
        if self.rng.random() < 0.12:
            text = self.broken(text)
        return text

    def broken(self, text):
        at = self.rng.randint(0, len(text))
        kind = self.rng.random()
        if kind < 0.3:
            return text[:at] + text[at + self.rng.randint(1, 3):]
        if kind < 0.9:
            return text[:at] + self.rng.choice(
                ["(", ")", "[", "]", "*", "+", "?", "{", "}", "{2}", "{3,1}", "\\", "|", "(?", "(?P", "(?P<", "(?P=", "(?P<a", "(?P<1>", "(?P>",
                 "(?<", "(?<x", "(?(", "(?(9)a)", "(?(0)a)", "(?(a)b)", "(?(b", "(?#", "(?i", "(?i)", "(?i-", "(?i-i:a)", "(?-a:b)", "(?u)",
                 "(?L)", "(?au:x)", "(?iz)", "(?i@)", "(?-)", "(?-:a)", "(?-é:", "(?é", "\\9", "\\18", "\\400", "\\377", "\\08", "\\x1", "\\u12", "\\U0011", "\\q",
                 "\\U00110000", "[\\8]", "[\\400]", "[\\q]", "[z-a]", "[\\w-z]", "[a-\\d]", "[a-", "[]", "[^]", "(?P=x)", "(?P<x>y)(?P<x>z)", "a**", "a+*", "a{99999999999}",
                 "(?<=a*)", "(?<=a|bc)", "(?<=(a)\\1)", "(?<=(?(1)a|b))", "(?!)", "(?<!)", "\n", "{,}", "{1", "(?:", "(?>", "a{2,}+", "*?", "x{0}", "()"]) + text[at:]
        return "".join(self.rng.choice("()[]{}|\\?*+^$.:=!<>P#-ai1é ") for _ in range(self.rng.randint(1, 8)))

    def alternatives(self, depth):
        return "|".join(self.sequence(depth) for _ in range(self.rng.choice([1, 1, 1, 2, 2, 3])))

    def sequence(self, depth):
        return "".join(self.item(depth) for _ in range(self.rng.choice([0, 1, 1, 2, 2, 3, 4])))

    def item(self, depth):
        text = self.atom(depth)
        if self.rng.random() < 0.35:
            text += self.quantifier()
        return text

    def quantifier(self):
        if self.behind:
            return self.rng.choice(["{2}", "{1}", "{0}", "{3}?", "{2}+", "*"] if self.rng.random() < 0.9 else ["?"])
        text = self.rng.choice(["*", "*", "+", "+", "?", "?", "{2}", "{0,2}", "{1,3}", "{2,}", "{,2}", "{0}", "{3}"])
        return text + self.rng.choice(["", "", "", "", "?", "?", "+"])

    def literal(self):
        rng = self.rng
        char = rng.choice(LETTERS) if rng.random() < 0.8 else rng.choice(UNUSUAL)
        if char in ".\\[](){}*+?^$|" or rng.random() < 0.05:
            return re.escape(char) if char != "\n" else "\\n"
        if rng.random() < 0.03:
            return "\\x%02x" % ord(char) if ord(char) < 256 else "\\u%04x" % ord(char) if ord(char) < 65536 else "\\U%08x" % ord(char)
        return char

    def set(self):
        rng = self.rng
        parts = []
        for _ in range(rng.randint(1, 4)):
            kind = rng.random()
            if kind < 0.5:
                char = rng.choice(LETTERS + UNUSUAL) if rng.random() < 0.6 else rng.choice("abcABC01")
                parts.append("\\" + char if char in "\\]-^[&~|" else char)
            elif kind < 0.75:
                low, high = sorted(rng.sample(LETTERS.replace("-", "") + UNUSUAL + "zZ9", 2))
                parts.append("%s-%s" % (low, high))
            else:
                parts.append(rng.choice(["\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "\\b", "\\n", "\\-", "\\x41", "\\101", "-", "["]))
        return "[" + rng.choice(["", "", "^"]) + "".join(parts) + "]"

    def atom(self, depth):
        rng = self.rng
        kind = rng.random()
        if kind < 0.42 or depth == 0:
            return self.literal() if rng.random() < 0.8 else rng.choice([".", "\\w", "\\d", "\\s", "\\W", "\\D", "\\S"])
        if kind < 0.52:
            return self.set()
        if kind < 0.60:
            return rng.choice([".", "\\w", "\\d", "\\s", "\\W", "\\D", "\\S"])
        if kind < 0.68:
            return rng.choice(["^", "$", "\\A", "\\Z", "\\b", "\\B"])
        if kind < 0.80:
            return self.capture(depth)
        if kind < 0.86:
            return "(?:%s)" % self.alternatives(depth - 1)
        if kind < 0.89:
            return rng.choice(["(?=%s)", "(?!%s)"]) % self.alternatives(depth - 1)
        if kind < 0.92:
            self.behind += 1
            text = rng.choice(["(?<=%s)", "(?<!%s)"]) % (self.alternatives(depth - 1) if rng.random() < 0.3 else self.sequence(depth - 1))
            self.behind -= 1
            return text
        if kind < 0.94:
            return "(?>%s)" % self.alternatives(depth - 1)
        if kind < 0.96:
            on, off = rng.choice([("i", ""), ("s", ""), ("m", ""), ("x", ""), ("a", ""), ("u", ""), ("", "i"), ("i", "s"), ("", "m")])
            return "(?%s%s:%s)" % (on, "-" + off if off else "", self.alternatives(depth - 1))
        closed = [n for n in range(1, self.groups + 1) if n not in self.open]
        if closed and kind < 0.985:
            number = rng.choice(closed)
            return "(?P=%s)" % self.names[0] if self.names and rng.random() < 0.2 else "\\%d" % number if number < 10 else "a"
        if closed:
            yes, no = self.sequence(depth - 1), self.sequence(depth - 1)
            return "(?(%d)%s%s)" % (rng.choice(closed), yes, "|" + no if rng.random() < 0.6 else "")
        return self.literal()

    def capture(self, depth):
        self.groups += 1
        number = self.groups
        self.open.append(number)
        name = ""
        if self.rng.random() < 0.2:
            name = "?P<%s%d>" % (self.rng.choice("nmé"), number)
        text = "(%s%s)" % (name, self.alternatives(depth - 1))
        self.open.remove(number)
        if name:
            self.names.append(name[3:-1])
        return text

    def string(self):
        alphabet = LETTERS if self.rng.random() < 0.6 else LETTERS + UNUSUAL
        return "".join(self.rng.choice(alphabet) for _ in range(self.rng.choice([0, 1, 2, 3, 5, 8, 12])))

    def template(self):
        parts = ["x", "é", "\\1", "\\2", "\\g<1>", "\\g<0>", "\\g<n1>", "\\g<m2>", "\\n", "\\\\", "-", "\\101", "\\0", "$"]
        wrong = ["\\q", "\\g", "\\g<", "\\g<>", "\\g<1", "\\9", "\\99", "\\400", "\\g<1x>", "\\g<é1>", "\\g<99>", "\\g<-1>", "\\", "\\g< 1>", "\\.", "\\é"]
        return "".join(self.rng.choice(parts if self.rng.random() < 0.9 else wrong) for _ in range(self.rng.randint(0, 4)))

    def request(self):
        rng = self.rng
        op = rng.choice(["compile", "search", "search", "match", "fullmatch", "findall", "finditer", "sub", "subn", "split"])
        request = {"op": "re." + op, "pattern": self.pattern()}
        flags = [flag for flag in FLAGS if rng.random() < (0.25 if flag == "IGNORECASE" else 0.08)]
        if flags:
            request["flags"] = flags
        if op == "compile":
            return request
        request["string"] = self.string()
        if op in ("search", "match", "fullmatch", "findall", "finditer"):
            if rng.random() < 0.15:
                request["pos"] = rng.randint(-1, 6)
            if rng.random() < 0.1:
                request["endpos"] = rng.randint(-1, 8)
        if op in ("sub", "subn"):
            request["repl"] = self.template()
            if rng.random() < 0.3:
                request["count"] = rng.randint(-1, 2)
        if op == "split" and rng.random() < 0.3:
            request["maxsplit"] = rng.randint(-1, 2)
        if rng.random() < 0.04 and all(ord(c) < 256 for name in ("pattern", "string", "repl") for c in request.get(name, "")):
            for name in ("pattern", "string", "repl"):
                if name in request:
                    request[name] = {"$bytes": base64.b64encode(request[name].encode("latin-1")).decode()}
        return request


class NoOpinion(BaseException):
    pass


def departs(pattern, flags):
    """Whether krait/re/pattern.h names what the pattern does as different: a turn of {m,n} that may match nothing; ignoring case,
    a reference beside "ſ" and its like."""
    def walk(items):
        for op, value in items:
            name = str(op)
            if name.endswith("REPEAT") and 1 < value[1] < 4294967295 and value[2].getwidth()[0] == 0 < value[2].getwidth()[1]:
                return True
            if name == "GROUPREF" and ignoring:
                return True
            parts = value if isinstance(value, (list, tuple)) else [value]
            for part in parts:
                for each in part if isinstance(part, list) else [part]:
                    if isinstance(each, parser.SubPattern) and walk(each):
                        return True
        return False

    tree = parser.parse(pattern, flags)
    ignoring = "i" in (pattern if isinstance(pattern, str) else pattern.decode("latin-1")) or flags & re.I
    return walk(tree)


def untag(value):
    return base64.b64decode(value["$bytes"]) if isinstance(value, dict) else value


def tag(value):
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, tuple):
        return {"$tuple": [tag(each) for each in value]}
    return value


def show(match):
    if match is None:
        return None
    return {"span": list(match.span()), "regs": [list(span) for span in match.regs], "groups": [tag(g) for g in match.groups()],
            "groupdict": {name: tag(g) for name, g in match.groupdict().items()}, "lastindex": match.lastindex, "lastgroup": match.lastgroup}


def judge(request):
    op = request["op"][3:]
    pattern = re.compile(untag(request["pattern"]), sum(getattr(re, flag).value for flag in request.get("flags", [])))
    if op != "compile" and departs(pattern.pattern, pattern.flags & ~re.UNICODE):
        raise NoOpinion
    if op == "compile":
        return {"groups": pattern.groups, "groupindex": dict(pattern.groupindex)}
    string = untag(request["string"])
    places = request.get("pos", 0), request.get("endpos", sys.maxsize)
    if op == "match" and places[0] > max(places[1], 0):
        raise NoOpinion
    if op in ("search", "match", "fullmatch"):
        return show(getattr(pattern, op)(string, *places))
    if op == "findall":
        return [tag(each) for each in pattern.findall(string, *places)]
    if op == "finditer":
        return [show(each) for each in pattern.finditer(string, *places)]
    if op == "split":
        return [tag(each) for each in pattern.split(string, request.get("maxsplit", 0))]
    text, n = pattern.subn(untag(request["repl"]), string, request.get("count", 0))
    return tag(text) if op == "sub" else [tag(text), n]


def answer(request):
    """What this python says; None when it has no opinion."""
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if OLD:  # group names like "+1" and " 1", which are errors from 3.12 on, were only warned about
                warnings.simplefilter("error", DeprecationWarning)
            return {"ok": judge(request)}
    except NoOpinion:
        return None
    except DeprecationWarning:
        return None
    except re.error as error:
        return {"error": {"type": "re.error", "msg": str(error), "pos": error.pos}}
    except (ValueError, OverflowError, IndexError, RecursionError) as error:
        return {"error": {"type": type(error).__name__, "msg": str(error)}}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def give_up(*_):
    raise NoOpinion


def text_of(request):
    return untag(request["pattern"])


def run(count, seed, show_all=False):
    """The differences, and how many cases there were."""
    signal.signal(signal.SIGALRM, give_up)
    generator = Generator(random.Random(seed))
    conform = compare.Program(compare.conform_command())
    found, asked = [], 0
    for _ in range(count):
        request = generator.request()
        wanted = answer(request)
        if wanted is None:
            continue
        asked += 1
        got = conform.ask({"id": asked, **request})
        if not compare.same(got, wanted):
            found.append((request, got, wanted))
            if show_all:
                print(json.dumps(request, ensure_ascii=False), "\n  krait:", json.dumps(got, ensure_ascii=False), "\n  python:", json.dumps(wanted, ensure_ascii=False), flush=True)
    ended = conform.stop()
    if ended:
        found.append(({}, {"died": ended}, {}))
    return found, asked


class Differential(unittest.TestCase):
    def test_random_patterns_do_what_cpython_does(self):
        seed = int(os.environ.get("KRAIT_SEED", "20240517"))
        found, _ = run(4000, seed)
        text = "\n".join("%s\n  krait: %s\n  python: %s" % tuple(json.dumps(each, ensure_ascii=False) for each in one) for one in found[:5])
        self.assertFalse(found, "KRAIT_SEED=%d: %d differ\n%s" % (seed, len(found), text))


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1].isdigit():
        differences, cases = run(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1, True)
        print("%d cases, %d differ" % (cases, len(differences)))
        sys.exit(1 if differences else 0)
    unittest.main(verbosity=2)
