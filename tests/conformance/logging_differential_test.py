#!/usr/bin/env python3
"""krait's messages, formatters and rollovers by time beside those of the Python that runs this, on random formats and times.

  logging_differential_test.py [COUNT [SEED]]        KRAIT_SEED works, too
"""

import datetime
import logging
import logging.handlers
import os
import sys
import tempfile
import time
import unittest
import unittest.mock

import differential

COUNT = 1500
# Before 3.13 the next rollover was another one where clocks are set, and with an interval of more than one day.
ROLLOVERS = sys.version_info >= (3, 13)
VALUES = [0, 1, -5, 65, 255, 10**15, 0x110000, 1.5, -0.25, 1e20, 1e-7, 123456.789, 0.0, "", "a", "é", "it's", 'x"y', "ab\n", "日本", None, True, False]
FIELDS = {"name": "shop", "levelname": "INFO", "levelno": 20, "lineno": 41, "message": "x", "msg": "hello", "msecs": 62.0, "created": 1700000000.0625, "user": "é",
          "funcName": "cook", "process": 1234567}


def percent(rng):
    text = "%" + "".join(rng.choice("-+ #0") for _ in range(rng.randrange(3))) + rng.choice(["", "", "5", "12", "*"])
    return text + rng.choice(["", "", ".0", ".3", ".12", ".*"]) + rng.choice(["", "", "", "l", "h"]) + rng.choice("dddiuxXoeEfFgGcrsssay")


def spec(rng):
    text = rng.choice(["", "", "*<", "é^", ">", "=", "<"]) + rng.choice(["", "", "+", " ", "-"]) + rng.choice(["", "", "#"]) + rng.choice(["", "", "0"])
    return text + rng.choice(["", "3", "12"]) + rng.choice(["", "", ",", "_"]) + rng.choice(["", "", ".0", ".3"]) + rng.choice(["", "", "s", "d", "x", "b", "o", "X", "f", "e", "g", "%", "c", "G"])


def message_case(rng):
    msg = "".join(rng.choice([percent(rng), percent(rng), "a", "é", "%%", "%"] if rng.random() < 0.3 else [percent(rng), "x"]) for _ in range(rng.randrange(1, 4)))
    args = [rng.choice(VALUES) for _ in range(rng.randrange(1, 5))]
    if "*" in msg:  # a width beyond what krait takes
        args = [7 if arg in (10**15, 0x110000) else arg for arg in args]
    if rng.random() < 0.1:
        msg, args = msg.replace("%", "%(a)", 1).replace("*", "3"), [{"a": rng.choice(VALUES)}]
    return {"op": "logging.message", "msg": msg, "args": args}, lambda: logging.LogRecord("x", 20, "x.cc", 1, msg, tuple(args), None).getMessage()


def format_case(rng):
    style = rng.choice("%{{$")
    names = [*FIELDS, "nobody"]
    if style == "%":
        parts = ["%(" + rng.choice(names) + ")" + percent(rng)[1:].replace("*", "7") for _ in range(3)] + ["%%", "a"]
    elif style == "{":
        parts = ["{" + rng.choice(names) + rng.choice(["", "", "!r", "!a", "!x"]) + rng.choice(["", ":" + spec(rng)]) + "}" for _ in range(4)] + ["{{", "}}", "a"]
        parts += ["{", "}"] if rng.random() < 0.1 else []
    else:
        parts = ["$" + rng.choice(names), "${" + rng.choice(names) + "}", "$$", "$ ", "a", "${", "é"]
    fmt = "".join(rng.choice(parts) for _ in range(rng.randrange(1, 4)))
    request = {"op": "logging.format", "fmt": fmt, "style": style, "record": FIELDS}
    return request, lambda: logging.Formatter(fmt, style=style).format(logging.makeLogRecord(dict(FIELDS)))


def rollover(when, interval, utc, at, t, due, tz):
    os.environ["TZ"] = tz
    time.tzset()
    at = None if at is None else (datetime.datetime.min + datetime.timedelta(seconds=at)).time()
    with tempfile.TemporaryDirectory() as folder:
        handler = logging.handlers.TimedRotatingFileHandler(folder + "/x.log", when, interval, delay=True, utc=utc, atTime=at)
        at_next = handler.computeRollover(t)
        open(folder + "/x.log", "w").close()
        handler.rolloverAt = due
        with unittest.mock.patch("time.time", lambda: t):
            handler.doRollover()
        return [at_next, *os.listdir(folder)]


def rollover_case(rng):
    t = rng.choice([1711846800, 1729990800, 1710054000, 1730613600, 1700000000]) + rng.randrange(-200000, 200000)  # about the days when clocks are set
    asked = {"when": rng.choice(["S", "m", "H", "D", "midnight", "midnight", "W0", "W3", "w6"]), "interval": rng.choice([1, 1, 2, 5]), "utc": rng.random() < 0.3,
             "at": rng.choice([None, None, 3600, 9000, 49500, 86399]), "t": t, "due": t - rng.randrange(100000), "tz": rng.choice(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"])}
    return {"op": "logging.rollover", **asked}, lambda: rollover(**asked)


def case(rng):
    return rng.choice([message_case, message_case, format_case, format_case] + [rollover_case] * ROLLOVERS)(rng)


class Differential(unittest.TestCase):
    def test_krait_answers_as_python_does(self):
        differential.compare_all(self, case, COUNT)


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2, argv=sys.argv[:1]))
