#!/usr/bin/env python3
"""Random scenarios for `aio.run`, one JSON request a line: generate.py [--seed N] [--count N] [--size N]

The same seed gives the same lines. They lean towards races: few distinct times, so that deadlines are equal; cancels of
whatever waits; awaits within `finally`; nested timeouts; one handle gathered twice.

A coroutine has a rank, and waits only for coroutines of higher ranks, so no two tasks ever await each other in a circle.
"""

import argparse
import json
import random

TIMES = [0, 1, 1, 2, 2, 2, 3, 4, 5, 10]
LIMITS = [0, 1, 1, 2, 2, 3, 5, 10, None, -1]
ERRORS = ["ValueError", "KeyError", "RuntimeError", "TypeError"]
CLAUSES = ["*", "CancelledError", "CancelledError", "Exception", "TimeoutError", "ValueError", "RuntimeError", "KeyError",
           "InvalidStateError", "QueueShutDown", "QueueEmpty", "QueueFull", "ExceptionGroup", "BrokenBarrierError"]
TEXTS = ["boom", "why", "", "a <b> c", "é"]
FUTURES, EVENTS, QUEUES, TIMERS = ["f1", "f2"], ["e1", "e2"], ["q1", "q2"], ["x", "y"]
LOCKS, SEMAPHORES, CONDITIONS, BARRIERS = ["l1", "l2"], ["s1", "s2"], ["k1"], ["b1"]
LOCKABLE = LOCKS + SEMAPHORES + CONDITIONS
# Beyond so many steps that would run, a scenario is made anew: spawns within repeats multiply.
MOST_STEPS = 1500

# How often each step comes up, at a place where it may stand.
WEIGHTS = {
    "log": 6, "sleep": 12, "yield": 8, "call": 4, "return": 2, "raise": 3, "spawn": 10, "await": 8, "shield": 5, "cancel": 10,
    "cancel_self": 3, "uncancel": 2, "cancelling": 3, "state": 4, "repeat": 2, "try": 12, "gather": 6, "wait": 5, "wait_for": 6,
    "timeout": 8, "call_soon": 2, "call_later": 3, "cancel_timer": 1, "done_callback": 4, "future": 1, "set_result": 3,
    "set_exception": 2, "event": 1, "set": 4, "clear": 2, "wait_event": 5, "queue": 1, "put": 6, "get": 6, "put_nowait": 3,
    "get_nowait": 2, "task_done": 3, "join": 2, "qsize": 2, "shutdown": 1, "taskgroup": 6, "tg_spawn": 6, "as_completed": 4,
    "acquire": 4, "release": 4, "locked": 2, "with": 8, "cond_wait": 4, "notify": 3, "notify_all": 2, "lock": 1, "semaphore": 1,
    "bounded_semaphore": 1, "condition": 1, "barrier": 1, "barrier_wait": 4, "barrier_abort": 1, "barrier_reset": 1,
}
NESTED = {"repeat", "try", "timeout", "taskgroup", "with"}
# Steps that often throw, or wait for what may never come.
RISKY = {"raise", "await", "shield", "call", "gather", "wait_for", "timeout", "set_result", "set_exception", "put", "get",
         "put_nowait", "get_nowait", "task_done", "join", "wait_event", "cancel_timer", "wait", "sleep", "taskgroup", "tg_spawn",
         "as_completed", "acquire", "release", "with", "cond_wait", "notify", "notify_all", "barrier_wait"}
ENDLESS = {"get", "put", "join", "wait_event", "await", "gather", "shield", "acquire", "with", "cond_wait", "barrier_wait",
           "as_completed"}


class Generator:
    def __init__(self, source, size):
        self.random = source
        self.ranks = source.randint(2, max(2, min(6, 1 + size // 4)))
        self.size = size
        self.logs = 0
        self.groups = 0  # task groups around the place that steps are being made for
        self.handles = [[f"t{rank}{letter}" for letter in "ab"] for rank in range(self.ranks)]

    def scenario(self):
        while True:
            self.logs = 0
            self.numbers = self.random.random() < 0.5  # queues hold nothing else: a priority queue has to compare
            # Some scenarios use few kinds of steps, and those more densely.
            self.focus = {op: weight * self.random.choice([0, 1, 1, 1, 3]) if self.random.random() < 0.5 else weight
                          for op, weight in WEIGHTS.items()}
            coros = {f"c{rank}": self.steps(rank, 0, self.length()) for rank in range(1, self.ranks)}
            coros = {"m": self.prologue() + self.steps(0, 0, self.length() + 2), **coros}
            if coros["m"][0] == ["spawn", "r", "r"]:
                coros["r"] = self.rescue()
            if sum(executed(coros, name) for name in coros) <= MOST_STEPS:
                return {"main": "m", "coros": coros}

    def length(self):
        return self.random.randint(1, max(2, self.size // 2))

    def prologue(self):
        """Makes what most steps need; sometimes something is missing, and using it is a KeyError."""
        made = self.random.choice([1, 1, 1, 0.8])
        often = lambda: self.random.random() < made
        steps = [["spawn", "r", "r"]] if self.random.random() < 0.7 else []
        steps += [["future", name] for name in FUTURES if often()]
        steps += [["event", name] for name in EVENTS if often()]
        steps += [["queue", *self.arguments("queue", 0, 0)] for _ in QUEUES if often()]
        steps += [["lock", name] for name in LOCKS if often()]
        steps += [[self.random.choice(["semaphore", "bounded_semaphore"]), name, self.random.choice([0, 1, 1, 2])]
                  for name in SEMAPHORES if often()]
        steps += [["condition", name] for name in CONDITIONS if often()]
        steps += [["barrier", name, self.random.choice([1, 2, 2, 3])] for name in BARRIERS if often()]
        for rank in range(1, self.ranks):
            for handle in self.handles[rank]:
                if often() and self.random.random() < 0.85:
                    steps.append(["spawn", handle, f"c{rank}"])
        return steps or [["yield"]]

    def rescue(self):
        """Late in the scenario, gives those who still wait what they wait for: else most would end in a deadlock."""
        steps = [["set", name] for name in EVENTS]
        steps += [["set_result", name, 7] for name in FUTURES]
        steps += [["put_nowait", name, 8] for name in QUEUES]
        steps += [["get_nowait", name] for name in QUEUES]
        steps += [["shutdown", name, self.random.random() < 0.5] for name in QUEUES]
        steps += [["release", name] for name in LOCKABLE]
        steps += [["barrier_abort", name] for name in BARRIERS if self.random.random() < 0.5]
        steps += [["with", name, [["notify_all", name]]] for name in CONDITIONS]
        self.random.shuffle(steps)
        return [["sleep", self.random.choice([3, 12])]] + [guarded(step) for step in steps]

    def steps(self, rank, depth, count):
        return [self.step(rank, depth) for _ in range(count)]

    def step(self, rank, depth):
        can_wait = rank + 1 < self.ranks
        needs_rank = {"call", "spawn", "tg_spawn"}
        ops = [op for op in self.focus if (depth < 3 or op not in NESTED) and (can_wait or op not in needs_rank)
               and (self.groups or op != "tg_spawn")]
        weights = [self.focus[op] for op in ops]
        op = self.random.choices(ops, weights)[0] if any(weights) else "yield"
        step = [op, *self.arguments(op, rank, depth)]
        if op in ENDLESS and self.random.random() < 0.2:
            step = ["timeout", self.random.choice(TIMES), [step]]
        if op in RISKY and self.random.random() < 0.6:
            step = guarded(step)
        return step

    def arguments(self, op, rank, depth):
        pick, chance = self.random.choice, self.random.random
        match op:
            case "log":
                self.logs += 1
                return [f"L{self.logs}"]
            case "sleep": return [pick(TIMES)]
            case "yield" | "uncancel" | "cancelling": return []
            case "call": return [self.coro(rank)]
            case "return": return [self.value()]
            case "raise": return [pick(ERRORS + ["CancelledError"]), pick(TEXTS)]
            case "spawn":
                below = self.random.randrange(rank + 1, self.ranks)
                return [pick(self.handles[below]), f"c{below}"]
            case "await": return [self.waitable(rank)]
            case "shield": return [self.waitable(rank, coro=True)]
            case "cancel": return [self.anything(), *self.message()]
            case "cancel_self": return self.message()
            case "state": return [self.anything()]
            case "repeat": return [pick([2, 2, 3]), self.steps(rank, depth + 1, self.random.randint(1, 3))]
            case "try": return self.attempt(rank, depth)
            case "gather":
                handles = [self.waitable(rank, coro=True) for _ in range(pick([0, 1, 2, 2, 3, 3]))]
                if handles and chance() < 0.3:
                    handles.append(pick(handles))
                return [handles, *([True] if chance() < 0.4 else [])]
            case "wait":
                handles = [self.waitable(rank) for _ in range(pick([1, 2, 2, 3]))] if chance() < 0.95 else []
                modes = [[], [], ["FIRST_COMPLETED"], ["FIRST_EXCEPTION"], ["ALL_COMPLETED"]]
                return [handles, pick(LIMITS), *pick(modes)]
            case "wait_for": return [self.waitable(rank, coro=True), pick(LIMITS)]
            case "timeout": return [pick(LIMITS), self.steps(rank, depth + 1, self.random.randint(1, 4))]
            case "taskgroup":
                self.groups += 1
                inner = self.steps(rank, depth + 1, self.random.randint(1, 4))
                if rank + 1 < self.ranks:
                    inner[:0] = [["tg_spawn", *self.arguments("spawn", rank, depth)] for _ in range(pick([1, 1, 2, 3]))]
                self.groups -= 1
                return [inner]
            case "tg_spawn": return self.arguments("spawn", rank, depth)
            case "as_completed":
                handles = [self.waitable(rank, coro=True) for _ in range(pick([0, 1, 2, 2, 3, 3]))]
                return [handles, *([pick(LIMITS)] if chance() < 0.5 else [])]
            case "acquire" | "release" | "locked": return [pick(LOCKABLE)]
            case "with":
                name = pick(LOCKABLE + CONDITIONS)
                inner = self.steps(rank, depth + 1, self.random.randint(1, 3))
                if name in CONDITIONS:
                    inner.insert(self.random.randint(0, len(inner)), [pick(["cond_wait", "notify_all", "notify"]), name])
                    inner = [[*step, pick([0, 1, 2])] if step == ["notify", name] else step for step in inner]
                return [name, inner]
            case "lock": return [pick(LOCKS)]
            case "semaphore" | "bounded_semaphore": return [pick(SEMAPHORES), pick([0, 1, 1, 2, -1])]
            case "condition" | "cond_wait" | "notify_all": return [pick(CONDITIONS)]
            case "notify": return [pick(CONDITIONS), pick([0, 1, 1, 2])]
            case "barrier": return [pick(BARRIERS), pick([0, 1, 2, 2, 3])]
            case "barrier_wait" | "barrier_abort" | "barrier_reset": return [pick(BARRIERS)]
            case "call_soon": return [pick(TIMERS)]
            case "call_later": return [pick(TIMES), pick(TIMERS)]
            case "cancel_timer": return [pick(TIMERS)]
            case "done_callback": return [self.anything(), pick(["cb1", "cb2"])]
            case "future": return [pick(FUTURES)]
            case "set_result": return [pick(FUTURES), self.value()]
            case "set_exception": return [pick(FUTURES), pick(ERRORS), pick(TEXTS)]
            case "event" | "set" | "clear" | "wait_event": return [pick(EVENTS)]
            case "queue": return [pick(QUEUES), pick([0, 1, 2]), *([pick(["fifo", "lifo", "priority"])] if self.numbers else [])]
            case "put" | "put_nowait": return [pick(QUEUES), pick([1, 2, 2, 3, -4, 5.5, 7]) if self.numbers else self.value()]
            case "get" | "get_nowait" | "task_done" | "join" | "qsize": return [pick(QUEUES)]
            case "shutdown": return [pick(QUEUES), *([True] if chance() < 0.5 else [])]
        raise AssertionError(op)

    def attempt(self, rank, depth):
        chance, inner = self.random.random, lambda most: self.steps(rank, depth + 1, self.random.randint(1, most))
        clauses = {}
        if chance() < 0.75:
            clauses["except"] = {}
            for name in self.random.sample(CLAUSES, self.random.randint(1, 2)):
                reraise = [["reraise"]] if chance() < 0.35 else []
                clauses["except"][name] = self.steps(rank, depth + 1, self.random.randint(0, 2)) + reraise
        if chance() < 0.2:
            clauses["else"] = inner(2)
        if chance() < 0.5 or not clauses:
            clauses["finally"] = inner(2)
        return [inner(4), clauses]

    def coro(self, rank):
        return f"c{self.random.randrange(rank + 1, self.ranks)}"

    def waitable(self, rank, coro=False):
        """A future, a task of a higher rank, or `@coro` where that may stand."""
        if rank + 1 >= self.ranks or self.random.random() < 0.25:
            return self.random.choice(FUTURES)
        if coro and self.random.random() < 0.4:
            return "@" + self.coro(rank)
        return self.random.choice(self.handles[self.random.randrange(rank + 1, self.ranks)])

    def anything(self):
        """A future or a task of whatever rank but main's, which has no handle."""
        return self.random.choice(FUTURES + [handle for handles in self.handles[1:] for handle in handles])

    def message(self):
        return [self.random.choice(["why", "again", ""])] if self.random.random() < 0.4 else []

    def value(self):
        return self.random.choice([1, 2, 3, "s", None, [1, 2], {"k": 1.5}, True])


def guarded(step):
    """The step, and a line of the trace instead of what it throws."""
    return ["try", [step], {"except": {"*": []}}]


def executed(coros, name):
    """How many steps a coroutine runs at most, those of the coroutines that it starts included."""
    def count(steps):
        return sum(one(step) for step in steps)

    def one(step):
        op, *a = step
        match op:
            case "repeat": return a[0] * count(a[1])
            case "timeout" | "with": return 1 + count(a[1])
            case "taskgroup": return 1 + count(a[0])
            case "try":
                clauses = [*a[1].get("except", {}).values(), a[1].get("else", []), a[1].get("finally", [])]
                return 1 + count(a[0]) + sum(map(count, clauses))
            case "call": return 1 + executed(coros, a[0])
            case "spawn" | "tg_spawn": return 1 + executed(coros, a[1])
            case "gather" | "as_completed" | "shield" | "wait_for":
                names = a[0] if op in ("gather", "as_completed") else [a[0]]
                return 1 + sum(executed(coros, name[1:]) for name in names if name.startswith("@"))
        return 1

    return count(coros[name])


def scenarios(seed, count, size=None):
    """`count` scenarios; without a size, of sizes from small to large."""
    source = random.Random(seed)
    for _ in range(count):
        yield Generator(source, size or source.choice([3, 5, 8, 12, 16])).scenario()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--size", type=int, help="steps a coroutine has at most, about; by default a mixture")
    options = parser.parse_args()
    for number, scenario in enumerate(scenarios(options.seed, options.count, options.size)):
        print(json.dumps({"id": number, "op": "aio.run", "scenario": scenario}, ensure_ascii=False))


if __name__ == "__main__":
    main()
