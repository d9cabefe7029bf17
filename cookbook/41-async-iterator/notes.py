"""async for, over an object and over a generator

`async for` awaits `__anext__()` until it raises StopAsyncIteration. An async generator is the same in fewer lines.

The notes had wrong:
- `val == None` compares; `val is None` asks whether it is None.
- Their `read_count` never waited, so for 99 steps no other task got a turn. Here each step gives way once.
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
        value = await self.read_count()
        if value is None:
            raise StopAsyncIteration
        return value


async def countdown(n):
    for i in range(n, 0, -1):
        await asyncio.sleep(0)
        yield i


async def main():
    async for item in Reader():
        print(item)
    async for item in countdown(3):
        print(item)


asyncio.run(main())
