"""Awaiting another coroutine

`func` awaits `others`, as a function calls a function: it goes on when `others` has returned, with what that returned.
While `others` sleeps the whole task sleeps, and the loop would run other tasks, had it any.

The notes had wrong:
- `asyncio.get_event_loop()` outside of a running loop warns from Python 3.12 on and raises from 3.14 on.
"""

import asyncio


async def others():
    print('start')
    await asyncio.sleep(0.2)
    print('end')
    return '返回值'


async def func():
    print('执行协程函数内部代码')
    result = await others()
    print('IO操作完成，结果为：', result)


if __name__ == '__main__':
    asyncio.run(func())
