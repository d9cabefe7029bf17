"""An asynchronous iterator

`async for` awaits `__anext__` for every element, until that raises StopAsyncIteration: between two elements others run.
Most iterators are written with less as an asynchronous generator, `async def` with `yield`.

The notes had wrong:
- `read_count` never waited for anything, so the loop was blocked for all of the 99 steps, however often it says `await`.
  Here each step gives way, and the counter beside it counts.
- `val == None` asks the value for its opinion; `is None` asks for the object.
- They leave out the short form.
"""

import asyncio


class Reader:
    def __init__(self):
        self.count = 0

    async def read_count(self):
        await asyncio.sleep(0)
        self.count += 1
        return None if self.count == 100 else self.count

    def __aiter__(self):
        return self

    async def __anext__(self):
        val = await self.read_count()
        if val is None:
            raise StopAsyncIteration
        return val


async def read_counts():
    count = 0
    while (count := count + 1) < 100:
        await asyncio.sleep(0)
        yield count


beside = 0


async def count_beside():
    global beside
    while True:
        beside += 1
        await asyncio.sleep(0)


async def func():
    other = asyncio.create_task(count_beside())
    items = []
    async for item in Reader():
        items.append(item)
    print(len(items), '个：', items[0], items[1], '...', items[-1])
    print('同时另一个任务数到了', beside)

    total = 0
    async for item in read_counts():
        total += item
    print('合计', total)
    other.cancel()


if __name__ == '__main__':
    asyncio.run(func())
