"""A pool of threads

`ThreadPoolExecutor(5)` has five threads at most. Ten jobs are accepted at once: `submit` gives a future for each, five
run, and the others wait in a line until a thread is free. What waits can still be cancelled, what runs cannot.

The notes had wrong:
- `from concurrent.futures import future` and `processPoolExecutor` are no names (ImportError): it is `Future` and
  `ProcessPoolExecutor`.
- The pool was never shut down. `with` waits for the jobs and ends the threads.
- They say that the pool "makes only five connections, but really made ten". It made ten futures, and five threads.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

started = threading.Semaphore(0)
gate = threading.Event()


def func(value):
    started.release()
    gate.wait()  # blocks its thread, as time.sleep or a request would
    return value * value


if __name__ == '__main__':
    with ThreadPoolExecutor(max_workers=5) as pool:
        futures = [pool.submit(func, i) for i in range(10)]
        for _ in range(5):
            started.acquire()
        print('运行中', sum(fut.running() for fut in futures), '等待中', sum(not fut.running() for fut in futures))
        print(futures[0])
        print(futures[9])
        print('取消第 0 个：', futures[0].cancel())
        print('取消第 9 个：', futures[9].cancel())
        gate.set()
        for i, fut in enumerate(futures):
            print(i, '已取消' if fut.cancelled() else fut.result())
        print(futures[0])

    try:
        pool.submit(func, 10)
    except RuntimeError as error:
        print('关闭之后：', error)
