#!/usr/bin/env python3
"""What krait's datetime and zoneinfo calculate, against the Python that runs this, over random requests.

  datetime_differential_test.py [COUNT [SEED]]      KRAIT_SEED sets the seed, too
"""

import base64
import datetime
import io
import operator
import os
import random
import struct
import sys
import time
import zoneinfo

import time_differential_test as times

TD = datetime.timedelta
COUNT = 6000
LOCAL = "America/New_York"


def as_timedelta(value):
    return TD(*map(times.number, value))


def timedelta_new(r):
    td = TD(**{name: times.number(value) for name, value in r["keywords"].items()})
    return [repr(td), str(td), td.total_seconds()]


def timedelta_apply(r):
    a, b = as_timedelta(r["a"]), r["b"]
    b = as_timedelta(b) if isinstance(b, list) else times.number(b)
    if r["by"] == "divmod":
        quotient, rest = divmod(a, b)
        return [quotient, repr(rest)]
    if r["by"] == "<":
        return [a < b, a == b]
    result = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv, "%": operator.mod}[r["by"]](a, b)
    return result if isinstance(result, float) else repr(result)


def as_moment(value):
    when = datetime.datetime.fromisoformat(value["iso"])
    if value["zone"] is not None:
        when = when.replace(tzinfo=zoneinfo.ZoneInfo(value["zone"]))
    return when.replace(fold=value["fold"])


def datetime_apply(r):
    by = r["by"]
    if by == "fromtimestamp":
        return repr(datetime.datetime.fromtimestamp(r["secs"], zoneinfo.ZoneInfo(r["zone"]) if r["zone"] else None))
    a = as_moment(r["a"])
    if by == "timestamp":
        return a.timestamp()
    if by == "show":
        return [repr(a), str(a), a.ctime(), repr(a.isocalendar()), None if a.dst() is None else repr(a.dst()), repr(a.timetuple()), repr(a.utctimetuple())]
    if by == "+":
        return repr(a + as_timedelta(r["b"]))
    b = as_moment(r["b"])
    if by == "-":
        return repr(a - b)
    return [a == b, a != b] if by == "==" else [a < b, a <= b, a > b, a >= b]


def or_none(value):
    return None if value is None else repr(value)


def zoneinfo_look(r):
    zone = zoneinfo.ZoneInfo.from_file(io.BytesIO(base64.b64decode(r["bytes"]["$bytes"])))
    answers = [[or_none(zone.utcoffset(None)), or_none(zone.dst(None))]]
    for iso in r["at"]:
        when = datetime.datetime.fromisoformat(iso).replace(tzinfo=zone)
        for fold in 0, 1:
            local = when.replace(fold=fold)
            answers.append([or_none(local.utcoffset()), or_none(local.dst()), local.tzname()])
        local = zone.fromutc(when)
        answers.append([local.replace(tzinfo=None).isoformat(), local.fold])
    return answers


class Maker(times.Maker):
    def float(self):
        c = self.chance
        return self.pick(c.uniform(-5, 5), c.uniform(-1e6, 1e6), c.randint(-9, 9) + 0.5, c.randint(-10**7, 10**7) / 2, 1e-7, 0.1, c.uniform(-1, 1) * 10.0**c.randint(-320, 20),
                         {"$float": "nan"}, {"$float": "inf"}, 1e300)

    def number(self):
        c = self.chance
        return self.pick(0, c.randint(-10, 10), c.randint(-10**6, 10**6), c.randint(-10**10, 10**10), c.randint(-2**53, 2**53), self.float())

    def parts(self):
        c = self.chance
        return self.pick([0, 0, c.randint(-9, 9)], [c.randint(-9999, 9999), c.randint(0, 86399), c.randint(0, 999999)], [0, c.randint(-10**6, 10**6), 0],
                         [c.randint(-999999999, 999999999), c.randint(0, 86399), c.randint(0, 999999)], [999999999, 86399, 999999], [-999999999, 0, 0], [0, 0, 0])

    def at(self):
        c = self.chance
        if c.random() < 0.5:
            zone = c.choice(times.ZONES)
            when = self.near_change(zoneinfo.ZoneInfo(zone))
        else:
            zone = self.pick(None, c.choice(times.ZONES))
            when = self.moment()
        return {"iso": when.isoformat(), "zone": zone, "fold": c.randint(0, 1)}

    # Kinds, changes and a rule, at random but valid. The last change is none to summer time: CPython reads beyond its array there.
    def file(self):
        c = self.chance
        kinds = [(c.randint(-50, 56) * 900, c.random() < 0.4) for _ in range(c.randint(1, 5))]
        changes = sorted(c.randint(-2**33, 2**32) for _ in range(c.randint(0, 12)))
        kinds[0] = (kinds[0][0], False)
        indices = [c.randrange(len(kinds)) for _ in changes[:-1]] + [0] * bool(changes)
        names = b"".join(b"K%d\0" % i for i in range(len(kinds)))

        def header(version, timecnt, typecnt, charcnt):
            return b"TZif" + version + bytes(15) + struct.pack(">6l", 0, 0, 0, timecnt, typecnt, charcnt)

        body = struct.pack(">%dq" % len(changes), *changes) + bytes(indices)
        body += b"".join(struct.pack(">lbb", offset, summer, 3 * i) for i, (offset, summer) in enumerate(kinds)) + names
        hour = lambda: self.pick("", "/%d" % c.randint(-167, 167), "/%d:%02d" % (c.randint(0, 30), c.randint(0, 59)))
        change = lambda: self.pick("M%d.%d.%d" % (c.randint(1, 12), c.randint(1, 5), c.randint(0, 6)), "J%d" % c.randint(1, 365), "%d" % c.randint(0, 365)) + hour()
        offset = lambda: self.pick("%d" % c.randint(-12, 14), "%d:%02d" % (c.randint(-12, 12), c.randint(0, 59)))
        rule = self.pick("", "AAA" + offset(), "<+0%d>" % c.randint(0, 9) + offset() + "BBB" + self.pick("", offset()) + "," + change() + "," + change())
        damage = c.random()
        if damage < 0.1 and rule:
            at = c.randrange(len(rule))
            rule = rule[:at] + self.pick("", "x", "9", ",", "/") + rule[at + 1:]
        data = header(b"2", 0, 0, 0) + header(b"2", len(changes), len(kinds), len(names)) + body + b"\n" + rule.encode() + b"\n"
        moments = [datetime.datetime(1970, 1, 1) + TD(seconds=at + c.randint(-90000, 90000)) for at in changes] or [self.moment().replace(tzinfo=None)]
        far = datetime.datetime(c.randint(2, 9998), c.randint(1, 12), c.randint(1, 28), c.randint(0, 23))
        return {"bytes": {"$bytes": base64.b64encode(data).decode()}, "at": [when.isoformat() for when in [*moments[:3], far]]}

    def request(self):
        c = self.chance
        op = self.pick("timedelta.new", "timedelta.apply", "timedelta.apply", "datetime.apply", "datetime.apply", "datetime.apply", "zoneinfo.look")
        if op == "zoneinfo.look":
            return {"op": op, **self.file()}
        if op == "timedelta.new":
            names = ["weeks", "days", "hours", "minutes", "seconds", "milliseconds", "microseconds"]
            return {"op": op, "keywords": {name: self.number() for name in c.sample(names, c.randint(1, 4))}}
        if op == "timedelta.apply":
            by = self.pick("+", "-", "*", "/", "//", "%", "<", "divmod")
            plain = by == "*" or (by in ("/", "//") and c.random() < 0.6)
            other = self.parts() if not plain else self.pick(c.randint(-9, 9), c.randint(-2**53, 2**53)) if by == "//" else self.number()
            return {"op": op, "by": by, "a": self.parts(), "b": other}
        by = self.pick("fromtimestamp", "timestamp", "show", "+", "-", "==", "<")
        if by == "fromtimestamp":
            secs = self.pick(c.randint(-10**10, 10**11), c.uniform(-1e10, 1e10), c.uniform(-3, 3), 1699161600 + c.randint(-9000, 9000), c.randint(-10**13, 10**13))
            return {"op": op, "by": by, "secs": secs, "zone": self.pick(None, c.choice(times.ZONES))}
        a = self.at()
        b = self.parts() if by == "+" else self.pick(self.at(), {**a, "fold": c.randint(0, 1)}, {**a, "zone": c.choice(times.ZONES)}, self.same_moment(a))
        return {"op": op, "by": by, "a": a, "b": b}

    def same_moment(self, a):
        when = as_moment(a)
        try:
            zone = self.chance.choice(times.ZONES)
            when = when.astimezone(zoneinfo.ZoneInfo(zone))
            return {"iso": when.replace(tzinfo=None).isoformat(), "zone": zone, "fold": when.fold}
        except (ValueError, OverflowError):
            return a


def left_out(request, wanted):
    message = wanted.get("error", {}).get("msg", "")
    if request["op"] == "zoneinfo.look" and "error" in wanted and "TZ string" not in message and " in b'" not in message:
        return "a rule that is refused for a reason of C's"
    if not times.NEW and "zoneinfo" in request["op"]:
        return "3.11 reads rules less strictly, and hours beyond 24 not at all"
    quotient = wanted["ok"][0] if request.get("by") == "divmod" and "ok" in wanted else wanted.get("ok") if request.get("by") == "//" else 0
    if isinstance(request.get("b"), list) and quotient is not None and abs(int(quotient)) >= 2**63:
        return "a quotient beyond 64 bits, which krait refuses by an OverflowError"
    if not times.NEW and request.get("by") == "*" and "error" in wanted:
        return "texts of overflow were reworded"
    return None


if __name__ == "__main__":
    os.environ["TZ"] = LOCAL
    time.tzset()
    times.OPS = {"timedelta.new": timedelta_new, "timedelta.apply": timedelta_apply, "datetime.apply": datetime_apply, "zoneinfo.look": zoneinfo_look}
    sys.exit(times.compare(Maker, left_out, COUNT))
