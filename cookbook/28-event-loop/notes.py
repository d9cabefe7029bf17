"""What an event loop does

A loop has a queue of what is ready and a heap of timers. It runs what is ready, in order of arrival; when nothing is,
it sleeps until the first timer. `run_until_complete` runs the loop until one future is done, and gives its result.

The notes had wrong:
- `asyncio.get_evnet_loop()` is a typo (AttributeError), and the code stood outside of its code block.
- The pseudo-code asks every task in each round whether it can go on. The real loop asks nobody: a task that waits is in
  no list at all, and whatever it waits for puts it back into the queue.
- It ends when the list of tasks is empty. The real one ends when *its* future is done, and leaves the others where
  they are: `后台` below has not finished when the loop stops, and goes on when the loop runs again.
"""

import asyncio


async def work(name, delay):
    print(f'{name} 开始')
    await asyncio.sleep(delay)
    print(f'{name} 完成')
    return f'{name} 的返回值'


if __name__ == '__main__':
    loop = asyncio.new_event_loop()
    loop.call_later(0.02, print, '定时器 0.02')
    loop.call_later(0.01, print, '定时器 0.01')
    loop.call_soon(print, '就绪 1')
    loop.call_soon(print, '就绪 2')

    background = loop.create_task(work('后台', 1))
    result = loop.run_until_complete(work('主任务', 0.1))
    print('结果为：', result)
    print('后台', '已完成' if background.done() else '未完成')
    result = loop.run_until_complete(background)
    print('结果为：', result)
    loop.close()
