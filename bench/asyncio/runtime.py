"""The CPython peer: `runtime.py [--uvloop] CASE...` or `runtime.py [--uvloop] sleepers COUNT`; one JSON line a case.

The work of every case is the same in runtime.cc, go/main.go and tokio/src/main.rs. A case doubles its count until it
takes long enough to be told from noise; "ns" is CPU time, user and system, of one operation, and "wall_ns" what the
clock says: hardly anything here waits, so on a quiet machine the two are equal, and on a busy one the first stays.
"""

import asyncio
import concurrent.futures
import json
import os
import resource
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


async def lock_hand_over(turns, tasks):
    """Each holds the lock for a turn of the others, who so get in line: it goes from hand to hand."""
    lock, last, handed = asyncio.Lock(), None, 0

    async def contend(me):
        nonlocal last, handed
        for _ in range(turns):
            await lock.acquire()
            handed += last != me
            last = me
            await asyncio.sleep(0)
            lock.release()

    await asyncio.gather(*[contend(me) for me in range(tasks)])
    assert handed >= turns * tasks * 9 // 10
    return handed


async def lock2(turns):
    return await lock_hand_over(turns, 2)


async def lock100(turns):
    return await lock_hand_over(turns, 100)


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


async def group(count):
    for _ in range(count):
        async with asyncio.TaskGroup() as tasks:
            for _ in range(GATHERED):
                tasks.create_task(nothing())
    return count


def call():
    return 42


async def executor(count):
    loop = asyncio.get_running_loop()
    for _ in range(count):
        assert await loop.run_in_executor(None, call) == 42
    return count


async def process_pool(count):
    """One worker; what it took is added when it has ended."""
    loop = asyncio.get_running_loop()
    with concurrent.futures.ProcessPoolExecutor(1) as pool:
        for _ in range(count):
            assert await loop.run_in_executor(pool, call) == 42
    return count


async def generator(count):
    async def numbers():
        for number in range(count):
            yield number

    expected = 0
    async for number in numbers():
        assert number == expected
        expected += 1
    return expected


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


CASES = {case.__name__: case for case in (
    switch, spawn, queue1, queue64, lock2, lock100, timer, gather, group, executor, process_pool, generator)}


def cpu_time():
    """Of this process and of its children that ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


async def main(words):
    if words[0] == "sleepers":
        print(json.dumps({"case": f"sleepers{words[1]}", "bytes": await sleepers(int(words[1]))}), flush=True)
        os._exit(0)  # tidying up a million tasks tells nothing
    for name in words:
        count, spent = 1, 0
        while spent < LONG_ENOUGH:
            count *= 2
            before, started = cpu_time(), time.perf_counter()
            operations = await CASES[name](count)
            spent, wall = cpu_time() - before, time.perf_counter() - started
        print(json.dumps({"case": name, "ns": spent * 1e9 / operations, "wall_ns": wall * 1e9 / operations}), flush=True)


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
