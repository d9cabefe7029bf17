#!/usr/bin/env python3
"""krait's forms and Cookie fields beside those of Starlette and python-multipart, where the Python that runs this has them.

  form_differential_test.py [COUNT [SEED]]        KRAIT_SEED works, too
"""

import asyncio
import sys
import unittest

import differential

try:
    import python_multipart
    from starlette.datastructures import Headers
    from starlette.formparsers import FormParser
    from starlette.requests import cookie_parser
except ImportError as error:
    MISSING = "pip install starlette python-multipart: %s" % error
else:
    # Before 0.0.34 a ";" separated fields, too.
    version = tuple(int(part) for part in python_multipart.__version__.split(".")[:3])
    MISSING = "" if version >= (0, 0, 34) else "python-multipart is %s, which reads forms otherwise than 0.0.34" % python_multipart.__version__

COUNT = 1500
FORM = ["a", "b", "name", "=", "=", "&", "&", ";", "+", "%20", "%41", "%zz", "%", "%C3%A9", "%ff", "%e2%82", "é", "例", "😀", " ", "\n", '"', "%26", "%3D", "\x00"]
COOKIE = ["a", "b", "csrf", "=", "=", ";", ";", "; ", " ", '"', '"a b"', "\\", "\\073", '"\\073"', ",", "é", "%41", "\t", "$Version", "==", "[", "{"]


async def once(body):
    yield body
    yield b""


def form(body):
    parser = FormParser(Headers({"content-type": "application/x-www-form-urlencoded"}), once(body.encode()))
    return [list(pair) for pair in asyncio.run(parser.parse()).multi_items()]


def cookies(header):
    return [list(pair) for pair in cookie_parser(header).items()]


def case(rng):
    """(request, what gives Starlette's answer)"""
    if rng.random() < 0.5:
        body = "".join(rng.choice(FORM) for _ in range(rng.randrange(16)))
        return {"op": "form.parse", "body": body}, lambda: form(body)
    header = "".join(rng.choice(COOKIE) for _ in range(rng.randrange(16)))
    return {"op": "cookie.parse", "header": header}, lambda: cookies(header)


class Differential(unittest.TestCase):
    @unittest.skipIf(MISSING, MISSING)
    def test_krait_answers_as_starlette_does(self):
        differential.compare_all(self, case, COUNT, "starlette")


if __name__ == "__main__":
    program = unittest.main(verbosity=2, argv=sys.argv[:1], exit=False)
    # 77: to ctest the test is skipped, neither passed nor failed.
    sys.exit(not program.result.wasSuccessful() or (77 if program.result.skipped else 0))
