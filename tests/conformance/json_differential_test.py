#!/usr/bin/env python3
"""Random JSON documents, sound ones and broken ones, read and written by krait and by the json of the Python that runs this.

  json_differential_test.py [COUNT [SEED]]

Values, texts, errors and their positions are compared. KRAIT_SEED=n chooses the seed; a failure names it.
"""

import base64
import json
import os
import random
import sys
import unittest

import compare

COUNT = 3000
# These words came with 3.13: an older judge has others, at other positions.
NEW_IN_3_13 = ("Illegal trailing comma", "Out of range float values")
WHITE = ["", "", "", "", " ", "\n", "\r\n", "\t ", "  \n "]
NUMBERS = ["0", "-0", "-0.0", "1", "-1", "9007199254740993", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
           "18446744073709551616", "123456789012345678901234567890", "1e5", "1E+5", "1e-5", "0.0001", "0.00001", "1e15", "1e16",
           "1e22", "1e23", "5e-324", "2.2250738585072014e-308", "1.7976931348623157e308", "1e309", "-1e400", "1e-400", "0e999999999999",
           "0.1", "0.30000000000000004", "123456789.123456789123456789", "1.5", "NaN", "Infinity", "-Infinity", "01", "1.", ".5", "-",
           "+1", "1e", "1e+", "0x1", "1_0", "--1", "1.e5", "9" * 19, "9" * 20, "0.000000000000000000001", "1" + "0" * 400]
TEXTS = ["", "a", "key", "ключ", "鍵", "\U0001f600", "é", "\x7f", "\u2028", "a" * 15, "a" * 16, "b" * 17, "in_reply_to_status_id",
         "é" * 8, "日本語" * 7, "x\U0001f600y" * 5, "/", "'", "<&>"]
ESCAPES = ['\\"', "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0000", "\\u00e9", "\\u65e5", "\\ud83d\\ude00", "\\ud800", "\\udc00",
           "\\ud800\\ud800", "\\ud83d\\u0041", "\\uD83D\\uDE00", "\\ud83d\\n", "\\u001f"]
BROKEN = ["\\x", "\\u12", "\\u12g4", "\\u 123", "\\u+123", "\\U00e9", "\\", "\x01", "\n", "\t", "\0"]
ENCODINGS = ["utf-8"] * 12 + ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
HOOKS = ["parse_float", "parse_int", "parse_constant", "object_hook", "object_pairs_hook"]


class Maker:
    """Documents of one seed."""

    def __init__(self, seed):
        self.rng = random.Random(seed)

    def chance(self, of):
        return self.rng.randrange(of) == 0

    def number(self):
        kind = self.rng.randrange(5)
        if kind == 0:
            return self.rng.choice(NUMBERS)
        if kind == 1:
            return repr(self.rng.uniform(-180, 180))
        if kind == 2:
            return repr(round(self.rng.uniform(-1000, 1000), self.rng.randrange(6)))
        if kind == 3:
            return str(self.rng.randrange(-10**self.rng.randrange(1, 25), 10**self.rng.randrange(1, 25)))
        digits = self.rng.randrange(1, 22)
        return "%d.%0*de%d" % (self.rng.randrange(100), digits, self.rng.randrange(10**digits), self.rng.randrange(-340, 320))

    def string(self):
        parts = [self.rng.choice(TEXTS)]
        while self.chance(3):
            parts.append(self.rng.choice(ESCAPES if self.rng.randrange(4) else TEXTS))
        if self.chance(60):
            parts.append(self.rng.choice(BROKEN))
        self.rng.shuffle(parts)
        return '"%s"' % "".join(parts)

    def white(self):
        return self.rng.choice(WHITE)

    def value(self, depth):
        kind = self.rng.randrange(10 if depth > 0 else 6)
        if kind < 2:
            return self.number()
        if kind < 4:
            return self.string()
        if kind < 6:
            return self.rng.choice(["null", "true", "false"] * 10 + ["nul", "True", "nulll"])
        count = self.rng.choice([0, 1, 2, 3, 5, 9]) if self.rng.randrange(30) else self.rng.randrange(40)
        if kind < 8:
            items = [self.white() + self.value(depth - 1) + self.white() for _ in range(count)]
            return "[" + (",".join(items) or self.white()) + "]"
        items = [self.white() + self.string() + self.white() + ":" + self.white() + self.value(depth - 1) + self.white() for _ in range(count)]
        return "{" + (",".join(items) or self.white()) + "}"

    def document(self):
        text = self.white() + self.value(self.rng.randrange(5)) + self.white()
        if self.chance(3):
            text = self.mutate(text, '{}[]:,"\\ntfu0e.-+ \x00x/')
        encoding = self.rng.choice(ENCODINGS)
        data = text.encode(encoding, "surrogatepass")
        if self.chance(6):
            data = self.mutate(data.decode("latin-1"), "\xff\xed\xa0\x80\xc3\xe2\xef\xbb\xbf\x00\"").encode("latin-1")
        return data

    def mutate(self, text, letters):
        for _ in range(self.rng.randrange(1, 3)):
            at = self.rng.randrange(len(text) + 1)
            action = self.rng.randrange(4)
            if action == 0:
                text = text[:at] + text[at + 1:]
            elif action == 1:
                text = text[:at] + self.rng.choice(letters) + text[at:]
            elif action == 2:
                text = text[:at] + self.rng.choice(letters) + text[at + 1:]
            else:
                text = text[:at]
        return text

    def request(self):
        data = self.document()
        request = {"text": {"$bytes": base64.b64encode(data).decode()}}
        if self.chance(2):
            request["op"] = "json.dumps"
            if self.chance(2):
                request["ensure_ascii"] = False
            if self.chance(3):
                request["allow_nan"] = False
            if self.chance(2):
                request["sort_keys"] = True
            if self.chance(2):
                request["indent"] = self.rng.choice([0, 1, 4, -1, "\t", "", "- ", " " * 12])
            if self.chance(3):
                request["separators"] = self.rng.choice([[",", ":"], [", ", " : "], ["", ""], [" ;\n", "=" * 11]])
            return request
        request["op"] = "json.decode"
        try:
            data.decode()
            request["as"] = self.rng.choice(["bytes", "str", "raw"])
        except UnicodeDecodeError:
            request["as"] = "bytes"
        if request["as"] == "raw" and self.chance(3):
            # Within the ASCII that begins the text code points and bytes are the same.
            ascii_length = next((i for i, byte in enumerate(data) if byte >= 128), len(data))
            request["idx"] = self.rng.randrange(ascii_length + 1)
        if self.chance(4):
            request["strict"] = False
        if self.chance(3):
            request["hooks"] = self.rng.sample(HOOKS, self.rng.randrange(1, 4))
        return request


def tag(value):
    """As tests/conformance/tagged.cc shows values."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value if abs(value) <= 2**53 else {"$int": str(value)}
    if isinstance(value, float):
        finite = value - value == 0
        return value if finite else {"$float": repr(value)}
    if isinstance(value, dict):
        return {key: tag(each) for key, each in value.items()}
    return [tag(each) for each in value]


def decode(request):
    data = base64.b64decode(request["text"]["$bytes"])
    shown = {
        "parse_float": lambda digits: ["float", digits],
        "parse_int": lambda digits: ["int", digits],
        "parse_constant": lambda name: ["constant", name],
        "object_hook": lambda value: ["dict", len(value), value],
        "object_pairs_hook": lambda pairs: ["pairs", *([key, value] for key, value in pairs)],
    }
    options = {name: shown[name] for name in request.get("hooks", [])}
    options["strict"] = request.get("strict", True)
    if request["as"] == "raw":
        value, end = json.JSONDecoder(**options).raw_decode(data.decode(), request.get("idx", 0))
        return [tag(value), end]
    return tag(json.loads(data if request["as"] == "bytes" else data.decode(), **options))


def dumps(request):
    value = json.loads(base64.b64decode(request["text"]["$bytes"]))
    options = {key: each for key, each in request.items() if key not in ("op", "text")}
    if "separators" in options:
        options["separators"] = tuple(options["separators"])
    return {"$bytes": base64.b64encode(json.dumps(value, **options).encode()).decode()}


def oracle(request):
    """The answer; None where this Python's is not 3.13's."""
    try:
        return {"ok": decode(request) if request["op"] == "json.decode" else dumps(request)}
    except json.JSONDecodeError as error:
        return {"error": {"type": "JSONDecodeError", "msg": str(error), "pos": error.pos}}
    except (ValueError, RecursionError) as error:
        return {"error": {"type": type(error).__name__, "msg": str(error)}}


def same(got, wanted):
    # A str with a lone surrogate cannot leave Python as UTF-8, and krait's cannot even be written: sooner, in other words.
    if got.get("error", {}).get("type") == "UnicodeEncodeError":
        return "error" in wanted
    # Not sorted: the order of keys counts.
    return json.dumps(got) == json.dumps(wanted)


def run(count, seed):
    """How many were asked, and the first difference as a text."""
    maker = Maker(seed)
    conform = compare.Program(compare.conform_command())
    asked = {"ok": 0, "error": 0, "left out": 0}
    difference = None
    for number in range(count):
        request = maker.request()
        got, wanted = conform.ask({"id": number, **request}), oracle(request)
        words = got.get("error", {}).get("msg", "")
        if sys.version_info < (3, 13) and words.startswith(NEW_IN_3_13):
            asked["left out"] += 1
            continue
        asked["ok" if "ok" in wanted else "error"] += 1
        if not same(got, wanted):
            text = base64.b64decode(request["text"]["$bytes"])
            difference = f"seed {seed}, case {number}: {request}\n  text   {text!r}\n  krait  {got}\n  python {wanted}"
            break
    ended = conform.stop()
    return asked, difference or (f"krait-conform, when its input ended: {ended}" if ended else None)


class Differential(unittest.TestCase):
    def test_random_documents_are_read_and_written_as_python_does(self):
        seed = int(os.environ.get("KRAIT_SEED", "1"))
        asked, difference = run(COUNT, seed)
        self.assertIsNone(difference, difference)
        self.assertGreater(min(asked["ok"], asked["error"]), COUNT // 20, asked)

    def test_documents_nested_without_end_are_refused_and_end_nothing(self):
        conform = compare.Program(compare.conform_command())
        for bracket, kind in ((b"[", "array"), (b'{"a":', "object")):
            answer = conform.ask({"id": 1, "op": "json.decode", "as": "bytes", "text": {"$bytes": base64.b64encode(bracket * 10**6).decode()}})
            self.assertEqual(answer, {"error": {"type": "RecursionError",
                             "msg": f"maximum recursion depth exceeded while decoding a JSON {kind} from a unicode string"}})
        self.assertIsNone(conform.stop())


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asked, difference = run(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
        print(difference or f"{asked}: no difference")
        sys.exit(difference is not None)
    unittest.main(verbosity=2)
