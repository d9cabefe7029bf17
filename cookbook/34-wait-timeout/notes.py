"""wait with a timeout

`asyncio.wait` gives two sets, what is done and what is not. It cancels nobody and raises nobody's exception: what to do
with those that are left is for the caller to say.

With a timeout as long as the work, `done` is empty, and always: `wait` sets its timer before the tasks have set theirs,
so it is woken first. Give the tasks a little longer and both are done.

The notes had wrong:
- The tasks that were left were abandoned, for which Python complains: `Task was destroyed but it is pending!`. Here
  they are cancelled, and awaited until they have ended.
- The single `end` that they print after the result is an accident of timing: none, one or two may come.
"""

import asyncio


async def fun():
    print('start')
    await asyncio.sleep(0.3)
    print('end')
    return '返回值'


async def wait_for_both(timeout):
    task_list = [asyncio.create_task(fun(), name=f'任务{number}') for number in (1, 2)]
    print('main finish')
    done, pending = await asyncio.wait(task_list, timeout=timeout)
    print(f'IO操作完成，已完成 {len(done)} 个，未完成 {len(pending)} 个')

    for task in task_list:
        if task in done:
            print(task.get_name(), '结果为：', task.result())
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in task_list:
        if task.cancelled():
            print(task.get_name(), '已取消')


async def main():
    print('执行协程函数内部代码')
    await wait_for_both(0.3)
    await wait_for_both(3)


if __name__ == '__main__':
    asyncio.run(main())
