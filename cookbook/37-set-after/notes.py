"""A future that a task sets

`set_after` gives the future its result after a while; whoever awaits the future goes on then. Between them stands only
the future: neither knows the other.

The notes had wrong:
- The result was read and not shown, so the program printed nothing.
- They leave out what a future refuses: to give its result too early, and to be set twice.
"""

import asyncio


async def set_after(fut):
    await asyncio.sleep(0.2)
    fut.set_result('0')


async def main():
    loop = asyncio.get_running_loop()
    fut = loop.create_future()
    try:
        fut.result()
    except asyncio.InvalidStateError as error:
        print('还没有结果：', error)

    # set_after is bound to fut: it sets the result by hand, and that ends the future.
    task = loop.create_task(set_after(fut))
    data = await fut
    print('data:', data)
    await task

    try:
        fut.set_result('1')
    except asyncio.InvalidStateError as error:
        print('不能设置两次：', error)
    print('data:', fut.result())


if __name__ == '__main__':
    asyncio.run(main())
