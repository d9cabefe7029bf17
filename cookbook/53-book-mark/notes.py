"""《活着》: two managers that look the same, and differ when the block fails

The notes had wrong:
- They called the class and the generator the same. When the block raises, the class still prints 》; the generator does not,
  because nothing catches at its `yield`.
- `with func as f` lacked the call: a function is no context manager.
- The output ended without a new line.
"""

from contextlib import contextmanager, suppress


class BookMark:
    def __enter__(self):
        print('《', end='')

    def __exit__(self, exc_type, exc_val, exc_tb):
        print('》', end='')


@contextmanager
def make_mark():
    print('《', end='')
    yield
    print('》', end='')


@make_mark()
def title(name):
    print(name, end='')


with BookMark():
    print('活着', end='')
print()

with make_mark():
    print('活着', end='')
print()

title('兄弟')
print()

for mark in BookMark(), make_mark():
    with suppress(ValueError), mark:
        raise ValueError('没有书名')
    print()
