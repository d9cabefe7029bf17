#!/usr/bin/env python3
"""krait's urllib.parse and http.cookies beside those of the Python that runs this, on random hostile input.

  url_differential_test.py [COUNT [SEED]]        KRAIT_SEED works, too
"""

import sys
import unittest
import urllib.parse as parse
from http import cookies

import differential

# Before 3.13 urlsplit kept other characters and checked no brackets, and urlunsplit wrote other URLs.
SPLITS = sys.version_info >= (3, 13)
COUNT = 1500

WORDS = ["http", "HTTPS", "ftp", "file", "mailto", "git", "tel", "svn+ssh", ":", "//", "/", "/", "?", "#", ";", "&", "=", "@", "[", "]", "::1", "[::1]",
         "[fe80::1%x]", "[1.2.3.4]", "[v1.a]", "a", "b", "example.org", "EXAMPLE", "80", "65536", "8a", "..", ".", "../", "./", "%", "%41", "%zz", "%C3%A9",
         "%ff", "%e2%82", "é", "例", "\u2100", "\uff1a", "+", " ", "\t", "\n", "\x01", "\x7f", "'", '"', "1:2:3:4:5:6:7:8", "::", "ffff", ",", "~", "😀"]
COOKIE = ["a", "b", "c1", "$Version", "$Path", "Path", "secure", "HttpOnly", "expires", "max-age", "comment", "=", "=", ";", ";", "; ", " ", '"', '"a b"', '"\\073"',
          '"\\"', "\\", "\\1", "\\377", ",", "/", "[", "]", "é", "€", "\t", "\n", "\x1c", "\u00a0", "==", "Wed, 01-Jan-98 00:00:00 GMT", "x{}", ":"]


def mixed(rng, words, longest=12):
    return "".join(rng.choice(words) for _ in range(rng.randrange(longest)))


def url(rng):
    if rng.random() < 0.5:
        return rng.choice(["http:", "https:", "ftp:", "x:", ""]) + rng.choice(["//", "", "/"]) + mixed(rng, WORDS, 8)
    return mixed(rng, WORDS)


def cookie_load(header):
    cookie = cookies.SimpleCookie(header)
    return [[each.key, each.value, each.OutputString()] for each in cookie.values()]


def netloc(text):
    parts = parse.urlsplit(text)
    return [parts.username, parts.password, parts.hostname, parts.port]


def parsed(text):
    parts = parse.urlparse(text)
    return [*parts, parts.geturl()]


def qsl(qs, **options):
    return [list(pair) for pair in parse.parse_qsl(qs, **options)]


def case(rng):
    """(request, what gives Python's answer)"""
    kind = rng.choice(["split", "parse", "netloc", "join", "defrag"] if SPLITS and rng.random() < 0.6 else
                      ["quote", "quote_plus", "unquote", "qsl", "load", "cookie_quote"])
    if kind == "split":
        text = url(rng)
        return {"op": "url.split", "url": text}, lambda: list(parse.urlsplit(text))
    if kind == "parse":
        text = url(rng)
        return {"op": "url.parse", "url": text}, lambda: parsed(text)
    if kind == "netloc":
        text = "//" + mixed(rng, [word for word in WORDS if word.isascii()], 8)
        return {"op": "url.netloc", "url": text}, lambda: netloc(text)
    if kind == "join":
        base, text = url(rng), url(rng)
        return {"op": "url.join", "base": base, "url": text}, lambda: parse.urljoin(base, text)
    if kind == "defrag":
        text = url(rng)
        return {"op": "url.defrag", "url": text}, lambda: list(parse.urldefrag(text))
    if kind in ("quote", "quote_plus"):
        text, safe = mixed(rng, WORDS), rng.choice(["", "/", "/ ", "é+", "%"])
        return {"op": "url." + kind, "string": text, "safe": safe}, lambda: getattr(parse, kind)(text, safe)
    if kind == "unquote":
        text, errors = mixed(rng, WORDS), rng.choice(["replace", "replace", "strict", "ignore"])
        return {"op": "url.unquote", "string": text, "errors": errors}, lambda: parse.unquote(text, errors=errors)
    if kind == "qsl":
        text = mixed(rng, ["a", "b", "=", "=", "&", "&", ";", "+", "%41", "%ff", "é", "%C3%A9", " "], 14)
        options = {"keep_blank_values": rng.random() < 0.5, "strict_parsing": rng.random() < 0.3,
                   "max_num_fields": rng.choice([None, 0, 2, 5]), "separator": rng.choice(["&", "&", ";", "&&"])}
        return {"op": "url.parse_qsl", "qs": text, **options}, lambda: qsl(text, **options)
    if kind == "load":
        text = mixed(rng, COOKIE, 16)
        return {"op": "cookie.load", "header": text}, lambda: cookie_load(text)
    text = mixed(rng, COOKIE)
    return {"op": "cookie.quote", "string": text}, lambda: cookies._quote(text)


class Differential(unittest.TestCase):
    def test_krait_answers_as_python_does(self):
        differential.compare_all(self, case, COUNT)


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2, argv=sys.argv[:1]))
