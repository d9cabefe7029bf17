#!/usr/bin/env python3
"""krait's time and datetime against those of the Python that runs this, over random requests.

  time_differential_test.py [COUNT [SEED]]      KRAIT_SEED sets the seed, too

Python 3.11 and 3.13 differ in a few answers; what they do not agree on is left out below, each case with its reason."""

import datetime
import json
import os
import random
import subprocess
import sys
import time
import warnings
import zoneinfo
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COUNT = 6000
ZONES = ["UTC", "America/New_York", "Europe/London", "Asia/Shanghai", "Australia/Lord_Howe", "Asia/Kathmandu", "Europe/Dublin",
         "America/St_Johns", "Pacific/Apia", "Africa/Casablanca", "Asia/Tehran", "America/Sao_Paulo", "Antarctica/Troll", "EST5EDT"]
TZ = ["UTC", "America/New_York", "Asia/Shanghai", "Europe/London", "Australia/Sydney", "EST5EDT", "<+0330>-3:30"]
NEW = sys.version_info >= (3, 12)


# What a request means, in Python.

def use_zone(request):
    if request.get("tz") is not None:
        os.environ["TZ"] = request["tz"]
        time.tzset()


def eleven(t):
    return [*t, t.tm_zone, t.tm_gmtoff]


def number(value):
    return float(value["$float"]) if isinstance(value, dict) else value


def as_datetime(value):
    return datetime.datetime.fromisoformat(value["$dt"] if isinstance(value, dict) else value)


def astimezone(r):
    when = as_datetime(r["iso"])
    if r.get("zone") is not None:
        when = when.replace(tzinfo=zoneinfo.ZoneInfo(r["zone"]))
    when = when.replace(fold=r.get("fold", 0))
    return when.astimezone(zoneinfo.ZoneInfo(r["to"]) if r.get("to") is not None else None).isoformat()


OPS = {
    "time.gmtime": lambda r: eleven(time.gmtime(number(r["secs"]))),
    "time.localtime": lambda r: eleven(time.localtime(number(r["secs"]))),
    "time.ctime": lambda r: time.ctime(number(r["secs"])),
    "time.asctime": lambda r: time.asctime(tuple(r["tuple"])),
    "time.mktime": lambda r: time.mktime(tuple(r["tuple"])),
    "time.strftime": lambda r: time.strftime(r["format"], tuple(r["tuple"])),
    "time.strptime": lambda r: list(time.strptime(r["string"], r["format"])[:9]),
    "datetime.strptime": lambda r: datetime.datetime.strptime(r["string"], r["format"]).isoformat(),
    "datetime.fromisoformat": lambda r: as_datetime(r["string"]).isoformat(),
    "datetime.strftime": lambda r: as_datetime(r["dt"]).strftime(r["format"]),
    "datetime.astimezone": astimezone,
    "datetime.diff": lambda r: {"$td": (as_datetime(r["a"]) - as_datetime(r["b"])).total_seconds()},
}


def oracle(request):
    use_zone(request)
    try:
        return {"ok": OPS[request["op"]](request)}
    except Exception as error:
        return {"error": {"type": type(error).__name__, "msg": str(error)}}


# Random requests.

class Maker:
    def __init__(self, chance):
        self.chance = chance

    def pick(self, *values):
        return self.chance.choice(values)

    def secs(self):
        c = self.chance
        return self.pick(c.randint(-10**10, 10**11), c.uniform(-1e9, 4e9), c.randint(-10, 10), c.randint(1_600_000_000, 1_800_000_000),
                         c.randint(-2**40, 2**50), {"$float": "nan"}, {"$float": "inf"}, 1e19, c.uniform(-2, 2), c.randint(-10**17, 10**17))

    def moment(self):
        c = self.chance
        year = self.pick(c.randint(1, 9999), c.randint(1900, 2100), 2023, 2024, c.randint(2036, 2060), 1, 9999)
        month = c.randint(1, 12)
        day = c.randint(1, 28 if month == 2 else 30)
        micro = self.pick(0, 0, c.randint(0, 999999), c.randint(0, 999) * 1000)
        when = datetime.datetime(year, month, day, c.randint(0, 23), c.randint(0, 59), c.randint(0, 59), micro)
        kind = c.random()
        if kind < 0.3:
            offset = datetime.timedelta(minutes=c.randint(-1439, 1439), seconds=self.pick(0, 0, 0, c.randint(0, 59)),
                                        microseconds=self.pick(0, 0, 0, 0, c.randint(0, 999999)))
            if abs(offset) < datetime.timedelta(days=1):
                when = when.replace(tzinfo=datetime.timezone(offset))
        elif kind < 0.4:
            when = when.replace(tzinfo=datetime.timezone.utc)
        return when

    def tuple(self):
        c = self.chance
        fields = list(self.moment().timetuple())
        if c.random() < 0.3:
            for _ in range(c.randint(1, 2)):
                fields[c.randrange(9)] = self.pick(c.randint(-3, 400), c.randint(-100000, 100000), 2**31, -2**31 - 1, -1, 0)  # CPython overflows at -2**31
        fields[8] = self.pick(fields[8], -1, 0, 1)
        return fields[:8] if c.random() < 0.03 else fields

    def format(self, letters):
        c = self.chance
        out = ""
        for _ in range(c.randint(0, 8)):
            out += "%" + c.choice(letters) if c.random() < 0.7 else self.pick(" ", "-", ":", "/", "x", "é", "  ", "\t", "T", "5", ".", "%%")
        return out

    def strftime_format(self):
        c = self.chance
        out = self.format("aAbBcCdDeFgGhHIjklmMnpPrRSstTuUVwWxXyYzZ%+Q:f")
        if c.random() < 0.2:
            out += self.pick("%-d", "%_H", "%05Y", "%^a", "%#Z", "%EY", "%Om", "%:z", "%", "%-", "%10j", "%é", "%::z", "%E", "%5")
        return out

    # A date by a format, damaged now and then. It may be any format, so most of the texts are built from the parts.
    def strptime(self):
        c = self.chance
        fixed = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f%z", "%a %b %d %H:%M:%S %Y", "%c", "%x %X", "%d %B %Y", "%G-W%V-%u", "%Y %U %w",
                 "%Y %W %a", "%Y %j", "%I:%M %p", "%y%m%d", "%H%M%S", "%A, %d %b %y", "%Y%m%d%H%M%S", "%d/%m/%Y %I%p", "%Y %j %H", "%G %V %A",
                 "%Z %Y-%m-%d", "%H %Z %z"]
        if c.random() < 0.5:
            format = c.choice(fixed)
        else:
            letters = list("aAbBdfGHIjmMpSuUVwWyYzZ")
            c.shuffle(letters)
            format = "".join("%" + x + self.pick("", "", " ", "-", ":", "x", ".") for x in letters[:c.randint(1, 5)])
            if c.random() < 0.1:
                format += self.pick("%", "%%", "%s", "%q", "% ", "%.", "%\\", "%e", "%:z")
        when = self.moment()
        if c.random() < 0.4 and when.tzinfo is None:
            when = when.replace(tzinfo=datetime.timezone.utc)
        if "%Z" in format:
            when = when.replace(tzinfo=datetime.timezone(datetime.timedelta(0), self.pick("UTC", "EST", "edt", "GMT", "CST", "BST", "XYZ")))
        try:
            text = when.strftime(format.replace("%Y", "%4Y").replace("%G", "%4G").replace("%c", "%a %b %d %H:%M:%S %4Y"))
        except ValueError:
            text = when.isoformat()
        return self.damaged(text), format

    def damaged(self, text):
        c = self.chance
        while c.random() < 0.25:
            at = c.randint(0, len(text))
            text = self.pick(text[:at] + text[at + 1:], text[:at] + c.choice("0123456789 -:+.TZWx,é%") + text[at:], text + c.choice("0 x"),
                             text.replace("0", "", 1), text.swapcase(), text.replace(" ", "  "), text[:at], text.replace(":", ""),
                             text.replace("-", "", 2))
        return text

    def iso(self):
        c = self.chance
        when = self.moment()
        text = self.pick(when.isoformat(), when.isoformat(" ", "minutes"), when.isoformat("T", "milliseconds"), when.date().isoformat(),
                         when.strftime("%4Y%m%dT%H%M%S"), when.strftime("%4G-W%V-%uT%H:%M"), when.strftime("%4GW%V%u"), when.strftime("%4GW%V"),
                         when.strftime("%4G-W%V"), when.isoformat()[:19] + "Z", when.strftime("%4Y-%m-%d %H:%M:%S.%f123%z"),
                         when.strftime("%4G-W%V %H"), when.strftime("%4GW%V-%H%M"), when.strftime("%4Y-%m-%dT%H:%M:%S,%f"))
        return self.damaged(text) if c.random() < 0.6 else text

    def request(self):
        c = self.chance
        op = c.choice(sorted(OPS))
        request = {"op": op, "tz": c.choice(TZ)}
        if op in ("time.gmtime", "time.localtime", "time.ctime"):
            request["secs"] = self.secs()
        elif op in ("time.asctime", "time.mktime"):
            request["tuple"] = self.tuple()
        elif op == "time.strftime":
            request |= {"tuple": self.tuple(), "format": self.strftime_format()}
        elif op in ("time.strptime", "datetime.strptime"):
            request["string"], request["format"] = self.strptime()
        elif op == "datetime.fromisoformat":
            request["string"] = self.iso()
        elif op == "datetime.strftime":
            request |= {"dt": {"$dt": self.moment().isoformat()}, "format": self.strftime_format()}
        elif op == "datetime.astimezone":
            request |= self.astimezone(request["tz"])
        else:
            a = self.moment()
            b = self.moment() if c.random() < 0.7 else a + datetime.timedelta(0, 1)
            request |= {"a": a.isoformat(), "b": b.isoformat()}
        return request

    # Half of them close to a change of the clock, that of a zone or the local one.
    def astimezone(self, tz):
        c = self.chance
        zone = c.choice(ZONES)
        naive = c.random() < 0.2 and "/" in tz
        when = self.moment().replace(tzinfo=None)
        if c.random() < 0.5:
            when = self.near_change(zoneinfo.ZoneInfo(tz if naive else zone))
        request = {"iso": when.isoformat(), "zone": None if naive else zone, "to": self.pick(*ZONES, None), "fold": c.randint(0, 1)}
        if c.random() < 0.03:
            request["to"] = self.pick("Nope/X", "../x", "/etc/x", "", "America")
        return request

    def near_change(self, zone):
        c = self.chance
        year = self.pick(1950, 1985, 2023, 2024, 2037, 2038, 2045, 2500, c.randint(1890, 2100))
        when = datetime.datetime(year, self.pick(3, 4, 10, 11, 9, 2, 1), 1)
        for _ in range(31 * 24):
            after = when + datetime.timedelta(hours=1)
            if zone.utcoffset(after) != zone.utcoffset(when):
                break
            when = after
        return when + datetime.timedelta(minutes=c.randint(-150, 150))


def left_out(request, wanted):
    """Why the judge's answer does not count; None when it does."""
    message = wanted.get("error", {}).get("msg", "")
    op, form = request["op"], request.get("format", "")
    if "redefinition of group name" in message or wanted.get("error", {}).get("type") in ("PatternError", "error"):
        return "a directive twice: an error of re's, which krait does not hand on"
    if not NEW and "%:z" in form:
        return "%:z is new in 3.12"
    if not NEW and op.endswith("strptime") and any(x in form for x in ("%G", "%V")):
        return "3.11 takes some ISO weeks without their year, and words its errors otherwise"
    if not NEW and op == "datetime.fromisoformat" and any(c in request["string"] for c in "Ww"):
        return "weeks that a year has not were read in 3.11"
    if not NEW and op == "datetime.astimezone" and request["zone"] is None:
        return "3.11 takes a naive time within a gap for another moment than its timestamp()"
    if not NEW and request.get("to") == "America":
        return "3.11 fails on a folder with IsADirectoryError"
    return None


def compare(maker, left_out, count):
    """The status to exit with. The arguments of the command go before `count` and the random seed."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else count
    seed = int(sys.argv[2] if len(sys.argv) > 2 else os.environ.get("KRAIT_SEED") or random.SystemRandom().randrange(10**9))
    warnings.simplefilter("ignore")
    maker = maker(random.Random(seed))
    folder = Path(os.environ.get("KRAIT_BUILD_DIR", ROOT / "build"))
    conform = subprocess.Popen([str(folder / "krait-conform")], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    differences = skipped = 0
    for number in range(count):
        request = maker.request()
        wanted = oracle(request)
        if left_out(request, wanted):
            skipped += 1
            continue
        conform.stdin.write(json.dumps({"id": number, **request}, ensure_ascii=False).encode() + b"\n")
        conform.stdin.flush()
        line = conform.stdout.readline()
        if not line:
            print("krait-conform ended at %s" % json.dumps(request, ensure_ascii=False))
            differences += 1
            break
        got = json.loads(line)
        got.pop("id")
        if json.dumps(got, sort_keys=True) != json.dumps(wanted, sort_keys=True):
            differences += 1
            if differences <= 10:
                print("%s\n  krait: %s\n  judge: %s" % tuple(json.dumps(x, ensure_ascii=False) for x in (request, got, wanted)))
    conform.stdin.close()
    ended = conform.wait()
    print("seed %d: %d asked, %d left out, %d differ" % (seed, count - skipped, skipped, differences))
    return 1 if differences or ended else 0


if __name__ == "__main__":
    sys.exit(compare(Maker, left_out, COUNT))
