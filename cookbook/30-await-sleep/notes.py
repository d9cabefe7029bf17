"""await gives way until the result is there

At `await` the task stops, and the loop runs whoever else is ready. What the awaited object gives is the value of the
expression: `asyncio.sleep` gives None, or what it was told to give.

The notes had wrong:
- The line `await + 可等待对象 (...)` above the code and the explanation below it stood within the code block, which was
  no Python for that.
"""

import asyncio


async def func():
    print('hello')
    result = await asyncio.sleep(0.2)
    print('finish', result)
    result = await asyncio.sleep(0.2, '睡醒了')
    print('finish', result)


if __name__ == '__main__':
    asyncio.run(func())
