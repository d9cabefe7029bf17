"""Blocking calls beside an event loop

A function that blocks would stop the whole loop. `run_in_executor` has a thread or a process call it, and gives a future
that the loop can await: the loop goes on meanwhile. `None` stands for the loop's own pool of threads. A process pool
pickles the arguments and the result, so that they are copies, and so is an exception.

The notes had wrong:
- `get_runing_loop`, `processPoolExecutor`, and neither `asyncio` nor `concurrent.futures` imported.
- `func1` takes an argument, and none was passed: a TypeError, in the worker, that comes out of the `await`.
- `with ThreadPoolExecutor() as pool:` blocks the loop where it ends, until all its jobs are done. Here each was awaited
  before, so there is nothing left to wait for. `asyncio.to_thread(func1, 1)` is shorter where no pool of one's own is needed.
"""

import asyncio
import concurrent.futures
import multiprocessing
import os
import threading


def func1(value):
    if value < 0:
        raise ValueError('负数')
    return value * value


def where(main_thread, main_process):
    thread = '同一个线程' if threading.get_ident() == main_thread else '另一个线程'
    return '另一个进程' if os.getpid() != main_process else thread


async def main(process_pool):
    loop = asyncio.get_running_loop()
    here = threading.get_ident(), os.getpid()

    # 1. the loop's own pool of threads
    print('default thread pool', await loop.run_in_executor(None, func1, 2))
    print('在', await loop.run_in_executor(None, where, *here))

    # 2. a pool of one's own
    with concurrent.futures.ThreadPoolExecutor() as pool:
        print('custom thread pool', await loop.run_in_executor(pool, func1, 3))

    # 3. a pool of processes
    print('custom process pool', await loop.run_in_executor(process_pool, func1, 4))
    print('在', await loop.run_in_executor(process_pool, where, *here))

    # An exception comes out of the await, from wherever it was raised.
    for pool in (None, process_pool):
        try:
            await loop.run_in_executor(pool, func1, -1)
        except ValueError as error:
            print('ValueError：', error)


if __name__ == '__main__':
    # Made before there are threads, and by spawn: to fork a process that has threads may copy a lock that is held.
    context = multiprocessing.get_context('spawn')
    with concurrent.futures.ProcessPoolExecutor(max_workers=1, mp_context=context) as process_pool:
        asyncio.run(main(process_pool))
