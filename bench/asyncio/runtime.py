"""The CPython peer: `runtime.py [--uvloop] CASE...` or `runtime.py [--uvloop] sleepers COUNT`; one JSON line a case.

The work of every case is the same in runtime.cc and go/main.go. A case doubles its count until it takes long enough to
be told from noise; "ns" is CPU time, user and system, of one operation: nothing here waits, so on a quiet machine it
equals the time on the clock, and on a busy one it stays.
"""

import asyncio
import json
import os
import sys
import time

LONG_ENOUGH = 0.2
TASKS = 100
GATHERED = 1000
TIMERS_A_TURN = 1000


async def nothing():
    pass


async def switch(turns):
    """TASKS tasks give way to each other in `turns` turns each."""

    async def give_way():
        for _ in range(turns):
            await asyncio.sleep(0)

    await asyncio.gather(*[give_way() for _ in range(TASKS)])
    return turns * TASKS


async def spawn(count):
    for _ in range(count):
        await asyncio.create_task(nothing())
    return count


async def hand_over(count, capacity):
    queue = asyncio.Queue(capacity)

    async def produce():
        for number in range(count):
            await queue.put(number)

    producer = asyncio.create_task(produce())
    for number in range(count):
        assert await queue.get() == number
    await producer
    return count


async def queue1(count):
    return await hand_over(count, 1)


async def queue64(count):
    return await hand_over(count, 64)


async def timer(count):
    """Timers that never ring, as a deadline on a quick answer; one turn in TIMERS_A_TURN lets the loop tidy up."""
    loop = asyncio.get_running_loop()
    for number in range(count):
        loop.call_later(3600, print).cancel()
        if number % TIMERS_A_TURN == 0:
            await asyncio.sleep(0)
    return count


async def gather(count):
    for _ in range(count):
        await asyncio.gather(*[nothing() for _ in range(GATHERED)])
    return count


def resident():
    with open("/proc/self/statm") as fields:
        return int(fields.read().split()[1]) * os.sysconf("SC_PAGESIZE")


async def sleepers(count):
    """Bytes of resident memory that one sleeping task adds; the list that keeps the tasks is paid for before."""
    kept = [0] * count
    before = resident()
    for number in range(count):
        kept[number] = asyncio.create_task(asyncio.sleep(3600))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return (resident() - before) / count


CASES = {"switch": switch, "spawn": spawn, "queue1": queue1, "queue64": queue64, "timer": timer, "gather": gather}


async def main(words):
    if words[0] == "sleepers":
        print(json.dumps({"case": f"sleepers{words[1]}", "bytes": await sleepers(int(words[1]))}), flush=True)
        os._exit(0)  # tidying up a million tasks tells nothing
    for name in words:
        count, spent = 1, 0
        while spent < LONG_ENOUGH:
            count *= 2
            before = time.process_time()
            operations = await CASES[name](count)
            spent = time.process_time() - before
        print(json.dumps({"case": name, "ns": spent * 1e9 / operations}), flush=True)


def new_loop(words):
    if words[0] != "--uvloop":
        return asyncio.new_event_loop
    import uvloop

    del words[0]
    return uvloop.new_event_loop


if __name__ == "__main__":
    arguments = sys.argv[1:]
    with asyncio.Runner(loop_factory=new_loop(arguments)) as runner:
        runner.run(main(arguments))
