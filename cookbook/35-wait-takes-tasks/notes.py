"""wait takes tasks, not coroutines

`asyncio.run` may give back what `asyncio.wait` gave: tasks that are done can still be asked for their results when the
loop is gone.

The notes had wrong:
- They passed coroutines: `asyncio.run(asyncio.wait([fun(), fun()], timeout=2))`. From Python 3.11 on that is
  `TypeError: Passing coroutines is forbidden, use tasks explicitly.`, and with reason: whoever passes a coroutine
  cannot find it in `done`, which holds tasks. Tasks need a running loop, so they are made within `main`.
- The timeout was as long as the work, so that `done` was empty (see the pair before).
"""

import asyncio


async def fun(number):
    print('start')
    await asyncio.sleep(0.2)
    print('end')
    return f'返回值{number}'


async def main():
    task_list = [asyncio.create_task(fun(number)) for number in (1, 2)]
    return await asyncio.wait(task_list, timeout=2)


if __name__ == '__main__':
    done, pending = asyncio.run(main())
    print(f'已完成 {len(done)} 个，未完成 {len(pending)} 个')
    for result in sorted(task.result() for task in done):
        print(result)
