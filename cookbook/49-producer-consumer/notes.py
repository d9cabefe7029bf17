"""Cook and eater, in two processes

The cook and the eater know only the queue between them, which carries what one makes to the other, process or not. A
JoinableQueue also knows whether what was put has been eaten: `join` waits for a `task_done` for each. A None at the end
tells the eater that nothing more will come.

The notes had wrong:
- The eater never ended: `while True: q.get()` waits for ever when the cook has gone home, and the program with it, for a
  child that is no daemon is joined at the end.
- Nothing says when all has been eaten, and nobody looked how the processes ended.
- Here the cook waits after every dumpling until it is eaten, so that the lines come in one order. Without that `join` in
  the loop both work at the same time, and the queue is what evens out their speeds.
"""

import os
from multiprocessing import JoinableQueue, Process


def consumer(q):
    while (res := q.get()) is not None:
        print('\033[45m pid %s 吃 %s\033[0m' % (os.getpid(), res), flush=True)
        q.task_done()
    q.task_done()


def producer(q):
    for i in range(5):
        res = '包子%s' % i
        print('\033[44m pid %s 生产了 %s\033[0m' % (os.getpid(), res), flush=True)
        q.put(res)
        q.join()
    q.put(None)
    q.join()


if __name__ == '__main__':
    q = JoinableQueue()
    # 生产者们：即厨师们
    p1 = Process(target=producer, args=(q,))
    # 消费者们：即吃货们
    c1 = Process(target=consumer, args=(q,))

    print('主', flush=True)
    p1.start()
    c1.start()
    p1.join()
    c1.join()
    print('吃完了，退出码', p1.exitcode, c1.exitcode)
