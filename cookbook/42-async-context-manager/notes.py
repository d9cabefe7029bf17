"""An asynchronous context manager

`async with` awaits `__aenter__` before its block and `__aexit__` after it, however the block ends: by its last line, by
an exception, or because the task was cancelled. `__aexit__` learns how, and may swallow an exception by returning True.

The notes had wrong:
- `def __int__` is a typo for `__init__`, and the `conn` in it does not exist.
- `self.conn = await asyncio.sleep(1)` is None. A coroutine that opens something has to return it.
- `func()` was never run.
- One `obj` at the top of the file was shared by all who enter it. Here each block makes its own.
"""

import asyncio


async def connect(name):
    await asyncio.sleep(0.05)
    return f'{name} 的连接'


class AsyncContextManager:
    def __init__(self, name):
        self.name = name

    async def do_something(self):
        await asyncio.sleep(0.05)
        return f'用 {self.conn} 查询'

    async def __aenter__(self):
        self.conn = await connect(self.name)
        print(self.name, '进入')
        return self

    async def __aexit__(self, exc_type, exc_val, exc_tb):
        await asyncio.sleep(0.05)
        print(self.name, '退出，因为', '正常结束' if exc_type is None else exc_type.__name__)


async def query(name, inside=None):
    async with AsyncContextManager(name) as f:
        if inside:
            inside.set()
        print(await f.do_something())


async def fail(name):
    async with AsyncContextManager(name):
        raise ValueError('查询失败')


async def main():
    await query('一')
    try:
        await fail('二')
    except ValueError as error:
        print('捕获：', error)

    inside = asyncio.Event()
    task = asyncio.create_task(query('三', inside))
    await inside.wait()
    task.cancel()
    await asyncio.wait([task])
    print('三', '已取消' if task.cancelled() else '完成')


if __name__ == '__main__':
    asyncio.run(main())
