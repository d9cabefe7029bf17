"""《 and 》 around what is printed, by a generator

The same as the class of the pair before, now also when the block raises. What `contextmanager` makes can be put above a
function, which then runs within it, each call in a fresh one. A manager serves one `with` only.

The notes had wrong:
- Without `try` and `finally` the 》 was lost when the block raised.
- `with func as f` lacks the call: `with func() as f`. The function itself is no context manager.
- The line never ended: nobody printed a newline.
"""

from contextlib import contextmanager


@contextmanager
def make_mark():
    print('《', end='')
    try:
        yield
    finally:
        print('》')


@make_mark()
def title(name):
    print(name, end='')


if __name__ == '__main__':
    with make_mark():
        print('活着', end='')

    try:
        with make_mark():
            print('活', end='')
            raise ValueError('没写完')
    except ValueError as error:
        print('ValueError:', error)

    title('许三观卖血记')
    title('第七天')

    once = make_mark()
    with once:
        print('兄弟', end='')
    try:
        with once:
            print('在细雨中呼喊', end='')
    except AttributeError:
        print('一个管理器只能用一次')
