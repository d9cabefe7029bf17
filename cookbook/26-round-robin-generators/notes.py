"""Two generators take turns

A generator stops at `yield` and goes on where it stopped at the next `next()`. Two of them and a loop that
resumes whichever is due are a small scheduler: that is the idea of every event loop.

The notes had wrong:
- The loop called `next()` without a pause and kept one core busy. This one sleeps until somebody is due.
- It measured with `time.time()`, which jumps when the clock is set. `time.monotonic()` only goes forward.
- A generator that ends raises StopIteration, which would have ended the scheduler. Here it only leaves the list.
"""

import time
from datetime import datetime


def print_message_periodical(interval_seconds, times, message='keep alive'):
    for _ in range(times):
        print(f'{datetime.now()} - {message}')
        yield interval_seconds  # "wake me up after so long"
    print(f'{message} 结束')


def run(generators):
    start = time.monotonic()
    waiting = [[0, generator] for generator in generators]  # when each is due, counted from the start
    while waiting:
        turn = min(waiting, key=lambda turn: turn[0])
        due, generator = turn
        time.sleep(max(0, start + due - time.monotonic()))
        try:
            turn[0] += next(generator)
        except StopIteration:
            waiting.remove(turn)


if __name__ == '__main__':
    a = print_message_periodical(0.3, 6, 'three')
    b = print_message_periodical(1, 2, 'ten')
    run([a, b])
