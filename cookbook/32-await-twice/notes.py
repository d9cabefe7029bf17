"""Two awaits, one after the other

The second `others()` is not even called before the first has returned: start, end, start, end, and twice the time.
`await` alone never makes two things happen at once; the next pair does.

The notes had wrong:
- `asyncio.get_event_loop()` outside of a running loop warns from Python 3.12 on and raises from 3.14 on.
- They call this example "several awaits" among the examples for concurrency. There is none in it.
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
    result1 = await others()
    print('IO操作完成，结果为：', result1)


if __name__ == '__main__':
    asyncio.run(func())
