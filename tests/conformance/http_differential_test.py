#!/usr/bin/env python3
"""krait's statuses, Content-Types and dates beside those of the Python that runs this: http.HTTPStatus, email.message and email.utils.

  http_differential_test.py [COUNT [SEED]]        KRAIT_SEED works, too
"""

import email.message
import email.utils
import http
import sys
import unittest

import compare
import differential

# Before 3.13 some phrases were older ones, and four names did not exist.
STATUSES = sys.version_info >= (3, 13)
COUNT = 1500

MEDIA = ["text/html", "Multipart/Form-Data", "a", "/", ";", ";", "; ", "charset", "boundary", "BOUNDARY", "=", "=", '"', '"', '\\"', "\\\\", "utf-8", "<", ">", " ", "\t", "x y"]
DATE = ["Sun,", "Sun", "mon", "Thursday,", "06", "6", "1994", "94", "-1", "Nov", "november", "Feb", "dec,", "08:49:37", "8:49", "08.49.37", "08:49:37+0100", "08:49-0330", "GMT", "+0100",
        "-0000", "-0330", "EST", "z", "XYZ", "06-Nov-94", ",", "1994,", "24:00", "1_0", "x"]
SHAPES = [["Sun,", "06", "Nov", "1994", "08:49:37", "GMT"], ["Sunday,", "06-Nov-94", "08:49:37", "GMT"], ["Sun", "Nov", "6", "08:49:37", "1994"]]


def message(field):
    made = email.message.Message()
    made["Content-Type"] = field
    return made


def media(field):
    made = message(field)
    return [made.get_content_type(), made.get_content_charset(), made.get_param("boundary")]


def date(text):
    parsed = email.utils._parsedate_tz(text)
    return parsed and [*parsed[:6], parsed[9]]


def a_date(rng):
    if rng.random() < 0.3:
        return " ".join(rng.choice(DATE) for _ in range(rng.randrange(7)))
    words = list(rng.choice(SHAPES))
    for _ in range(rng.randrange(3)):
        words[rng.randrange(len(words))] = rng.choice(DATE)
    return " ".join(words)


def case(rng):
    """(request, what gives Python's answer)"""
    kind = rng.choice(["media", "date", "date", "formatdate"])
    if kind == "media":
        field = "".join(rng.choice(MEDIA) for _ in range(rng.randrange(14)))
        return {"op": "http.media", "field": field}, lambda: media(field)
    if kind == "date":
        text = a_date(rng)
        return {"op": "http.date", "text": text}, lambda: date(text)
    seconds, usegmt = rng.randrange(-10**9, 10**10), rng.random() < 0.5
    return {"op": "http.formatdate", "seconds": seconds, "usegmt": usegmt}, lambda: email.utils.formatdate(seconds, usegmt=usegmt)


class Differential(unittest.TestCase):
    def test_krait_answers_as_python_does(self):
        differential.compare_all(self, case, COUNT)

    @unittest.skipUnless(STATUSES, "the statuses are those of Python 3.13, and this is %d.%d" % sys.version_info[:2])
    def test_every_status_is_that_of_python(self):
        conform = compare.Program(compare.conform_command())
        members = {name: int(status) for name, status in http.HTTPStatus.__members__.items()}
        self.assertEqual(conform.ask({"id": 0, "op": "http.members"}), {"ok": members})
        for status in http.HTTPStatus:
            wanted = [status.phrase, status.description, status.is_informational, status.is_success, status.is_redirection, status.is_client_error, status.is_server_error]
            self.assertEqual(conform.ask({"id": 0, "op": "http.status", "status": int(status)}), {"ok": wanted})
        self.assertIsNone(conform.stop())


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2, argv=sys.argv[:1]))
