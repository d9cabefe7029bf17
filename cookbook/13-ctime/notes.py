"""ctime: seconds since the epoch as asctime's text

`ctime(secs)` is `asctime(localtime(secs))`; without seconds it takes those of `time.time()`.

The notes had wrong:
- The text speaks of seconds, and the example passes none. With a fixed number one sees that the result is local time.
"""

import os
import time


def attempt(call):
    try:
        print(call())
    except (OverflowError, ValueError) as error:
        print(f'{type(error).__name__}: {error}')


if __name__ == '__main__':
    print(time.ctime())

    for zone in 'UTC', 'Asia/Shanghai':
        os.environ['TZ'] = zone
        time.tzset()
        text = time.ctime(1694760884)
        print(zone, text[:10], text[11:16], text == time.asctime(time.localtime(1694760884)))
    attempt(lambda: time.ctime(1e20))
    attempt(lambda: time.ctime(float('nan')))
