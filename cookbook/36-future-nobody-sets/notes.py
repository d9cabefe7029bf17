"""A future that nobody sets

A future is a result that somebody will set. When nobody does, whoever awaits it waits for ever: the program neither
ends nor says anything, and keeps no core busy. The only help is a limit: `wait_for` cancels the wait when it runs out.

The notes had wrong:
- `await fut` without a limit is a deadlock that nothing reports. It is the honest end of the story, so this pair says
  so, and waits for a moment only.
"""

import asyncio


async def main():
    # The loop this coroutine runs in.
    loop = asyncio.get_running_loop()

    # A future that no code will ever give a result.
    fut = loop.create_future()

    print('等待 fut，没有人会给它结果：await fut 会一直等下去')
    try:
        await asyncio.wait_for(fut, timeout=0.2)
    except TimeoutError:
        print('超时')
    print('fut', '已取消' if fut.cancelled() else '还在等待')


if __name__ == '__main__':
    asyncio.run(main())
