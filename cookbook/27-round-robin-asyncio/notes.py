"""The same two, as tasks of an event loop

What the scheduler of the generators did by hand, asyncio does: a task says with `await asyncio.sleep(...)` when it
wants to go on, and the loop sleeps until the first of them is due.

The notes had wrong:
- `await asyncio.sleep(0)` in a loop that asks for the time is the same busy spin as before. One real sleep
  lets the loop, and the core, rest.
- `asyncio.get_event_loop()` without a running loop warns from Python 3.12 on and raises from 3.14 on;
  `asyncio.run(main())` makes the loop, runs it, closes it, and knows what to do on Ctrl-C.
- The tasks were kept by nobody. The loop only has weak references, so a task without a handle may vanish.
"""

import asyncio
from datetime import datetime


async def print_message_periodical(interval_seconds, times, message='keep alive'):
    loop = asyncio.get_running_loop()
    due = loop.time()
    for _ in range(times):
        print(f'{datetime.now()} - {message}')
        due += interval_seconds  # from the deadline before, so that small delays do not add up
        await asyncio.sleep(due - loop.time())
    print(f'{message} 结束')


async def main():
    three = asyncio.create_task(print_message_periodical(0.3, 6, 'three'))
    ten = asyncio.create_task(print_message_periodical(1, 2, 'ten'))
    await asyncio.gather(three, ten)


if __name__ == '__main__':
    asyncio.run(main())
