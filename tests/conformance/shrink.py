"""Makes a scenario smaller while something about it stays true."""

import copy


def shrink(scenario, holds):
    """The smallest scenario found for which holds(scenario) is true, as it is for the one given."""
    current = scenario
    while True:
        for smaller in smaller_ones(current):
            if holds(smaller):
                current = smaller
                break
        else:
            return current


def smaller_ones(scenario):
    """One change each: the boldest first."""
    for name in scenario["coros"]:
        if name != scenario["main"]:
            yield without_coro(scenario, name)
    for path in sorted(lists(scenario), key=len):
        steps = at(scenario, path)
        for size in (len(steps) // 2, 1):
            for start in range(0, len(steps), size or 1):
                if size:
                    yield edited(scenario, path, lambda s, i=start, n=size: s[:i] + s[i + n:])
        for index, step in enumerate(steps):
            for other in simpler(step):
                yield edited(scenario, path, lambda s, i=index, o=other: s[:i] + o + s[i + 1:])


def without_coro(scenario, name):
    return {**scenario, "coros": {each: steps for each, steps in scenario["coros"].items() if each != name}}


def lists(scenario):
    """Paths to every list of steps."""
    for name, steps in scenario["coros"].items():
        yield from lists_within(steps, ("coros", name))


def lists_within(steps, path):
    yield path
    for index, step in enumerate(steps):
        here = (*path, index)
        if step[0] in ("repeat", "timeout", "with"):
            yield from lists_within(step[2], (*here, 2))
        elif step[0] == "taskgroup":
            yield from lists_within(step[1], (*here, 1))
        elif step[0] == "try":
            yield from lists_within(step[1], (*here, 1))
            for clause, inner in step[2].items():
                if clause != "except":
                    yield from lists_within(inner, (*here, 2, clause))
            for name, inner in step[2].get("except", {}).items():
                yield from lists_within(inner, (*here, 2, "except", name))


def simpler(step):
    """Lists of steps that may stand in place of this one."""
    op, *a = step
    if op in ("repeat", "timeout", "with"):
        yield a[1]
    if op == "taskgroup":
        yield [["spawn", *step[1:]] if step[0] == "tg_spawn" else step for step in a[0]]
    if op == "repeat" and a[0] > 1:
        yield [[op, a[0] - 1, a[1]]]
    if op == "try":
        yield a[0]
        for clause in a[1]:
            yield [[op, a[0], {name: steps for name, steps in a[1].items() if name != clause}]]
        for name in a[1].get("except", {}) if len(a[1].get("except", {})) > 1 else ():
            clauses = {each: steps for each, steps in a[1]["except"].items() if each != name}
            yield [[op, a[0], {**a[1], "except": clauses}]]
    if op in ("gather", "wait", "as_completed") and len(a[0]) > 1:
        for index in range(len(a[0])):
            yield [[op, a[0][:index] + a[0][index + 1:], *a[1:]]]
    if op in ("cancel", "cancel_self") and len(a) > (op == "cancel"):
        yield [step[:-1]]


def at(scenario, path):
    for key in path:
        scenario = scenario[key]
    return scenario


def edited(scenario, path, edit):
    whole = copy.deepcopy(scenario)
    at(whole, path[:-1])[path[-1]] = edit(at(whole, path))
    return whole
