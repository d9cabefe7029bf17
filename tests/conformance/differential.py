"""What the drivers share that ask krait and a judge, an original in Python, the same random questions.

  DRIVER [COUNT [SEED]]        KRAIT_SEED works, too
"""

import os
import random
import sys

import compare

SHOWN = 8  # differences


def answer(judge):
    """What judge() gives or raises, as krait-conform tells it."""
    try:
        return {"ok": judge()}
    except Exception as error:
        return {"error": {"type": type(error).__name__, "msg": str(error)}}


def compare_all(test, case, count, original="python"):
    """Fails `test` unless krait answers as the judge for as many cases as `count` or the command line says.

    case(rng) gives a request and what gives the judge's answer.
    """
    count = int(sys.argv[1]) if len(sys.argv) > 1 else count
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(os.environ.get("KRAIT_SEED", random.randrange(10**6)))
    rng = random.Random(seed)
    conform = compare.Program(compare.conform_command())
    differences = []
    for number in range(count):
        request, judge = case(rng)
        got, wanted = conform.ask({"id": number, **request}), answer(judge)
        if not compare.same(got, wanted):
            differences.append("%s\n  krait %s\n  %s %s" % (request, got, original, wanted))
    test.assertIsNone(conform.stop())
    test.assertFalse(differences, "seed %d, %d of %d differ\n%s" % (seed, len(differences), count, "\n".join(differences[:SHOWN])))
