"""async with: what is opened and closed by awaiting

`__aexit__` runs when the block ends, when it raises, and when its task is cancelled.

The notes had wrong:
- `def __int__` was meant to be `__init__`, and its `conn` was defined nowhere.
- `self.conn = await asyncio.sleep(1)` kept None: a sleep gives nothing unless it is told to.
- `func()` made a coroutine that nobody ran.
- One manager object was shared. Two tasks that entered it would have closed each other's connection.
"""

import asyncio


class Connection:
    def __init__(self, name):
        self.name = name
        self.conn = None

    async def do_something(self):
        return f'asked {self.conn}'

    async def __aenter__(self):
        self.conn = await asyncio.sleep(0.1, self.name)
        print('opened', self.conn)
        return self

    async def __aexit__(self, exc_type, exc_val, exc_tb):
        await asyncio.sleep(0.1)
        print('closed', self.conn)


async def ask(name):
    async with Connection(name) as connection:
        return await connection.do_something()


async def stay(name):
    async with Connection(name):
        await asyncio.sleep(3600)


async def main():
    print(await ask('db'))
    task = asyncio.create_task(stay('cache'))
    await asyncio.sleep(0.2)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print('cancelled')


asyncio.run(main())
