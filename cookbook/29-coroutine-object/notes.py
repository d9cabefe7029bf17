"""Calling a coroutine function runs nothing

`func()` only makes a coroutine object. Its body runs when the object is awaited or given to a loop, and once only.

The notes had wrong:
- `asyncio.get_event_loop()` outside of a running loop warns from Python 3.12 on and raises from 3.14 on. The line that
  the notes had as a comment, `asyncio.run(...)`, is the one to write.
- They leave out the two mistakes that everybody makes: to await the same object twice, and not to await it at all
  (`RuntimeWarning: coroutine 'func' was never awaited`).
"""

import asyncio


async def func():
    print('来了，来了')
    return '返回值'


async def main():
    coroutine = func()
    print('得到协程对象，函数还没有执行')
    result = await coroutine
    print('结果为：', result)
    try:
        await coroutine
    except RuntimeError as error:
        print('第二次 await：', error)


if __name__ == '__main__':
    asyncio.run(main())
