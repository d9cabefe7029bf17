"""asctime: a time as the text that C writes

Always English and always of this form, the day padded with a blank; without an argument it is the present local time.

The notes had wrong:
- "It takes no argument": it takes a struct_time, or any nine numbers.
- `//` begins no comment in Python.
"""

import time


def attempt(call):
    try:
        print(call())
    except (TypeError, ValueError) as error:
        print(f'{type(error).__name__}: {error}')


if __name__ == '__main__':
    print(time.asctime())
    print(len(time.asctime()), 'characters')

    print(repr(time.asctime((2023, 9, 15, 14, 46, 37, 4, 258, 0))[:10]))
    print(repr(time.asctime((2023, 9, 5, 4, 3, 2, 1, 248, 0))[:10]))
    attempt(lambda: time.asctime((2023, 13, 15, 14, 46, 37, 4, 258, 0)))
    attempt(lambda: time.asctime((2023, 9)))
