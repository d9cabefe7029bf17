"""Two tasks at once

`create_task` puts a coroutine into the loop; it starts in the loop's next turn, not at once. So `main finish` comes
before either `start`, both sleep at the same time, and two of them take as long as one.

The notes had wrong:
- `asyncio.ensure_future` is for those who do not know whether they hold a coroutine or a future; for a coroutine it is
  `asyncio.create_task`.
- `asyncio.get_event_loop()` outside of a running loop warns from Python 3.12 on and raises from 3.14 on.
"""

import asyncio


async def fun():
    print('start')
    await asyncio.sleep(0.2)
    print('end')
    return '返回值'


async def main():
    print('执行协程函数内部代码')
    task1 = asyncio.create_task(fun())
    task2 = asyncio.create_task(fun())
    print('main finish')

    result1 = await task1
    result2 = await task2
    print('IO操作完成，结果为：', result1, result2)


if __name__ == '__main__':
    asyncio.run(main())
