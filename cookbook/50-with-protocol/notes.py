"""What with asks for

`with` calls `__enter__`, hands what that returns to `as`, and calls `__exit__` at the end of the block, whatever ended it. An
object of a class without these two is no context manager, and a function that returns one early never comes to its end.

The notes had wrong:
- `with make_myresource() as r` lacked its colon.
- They show the function that returns and only say that it cannot work. What happens: `return` ends it, the line after it is
  never reached, and `with` refuses what was returned (a TypeError from Python 3.11 on, an AttributeError before).
"""

from contextlib import AbstractContextManager


class MyResource:
    def __enter__(self):
        print('connect to resource')
        return self

    def __exit__(self, exc_type, exc_val, exc_tb):
        print('close resource connection')

    def query(self):
        print('query data')

    def broken_query(self):
        raise ValueError('no data')


class Plain:
    def query(self):
        print('query data')


def make_plain():
    print('connect to resource')
    return Plain()
    print('close resource connection')


if __name__ == '__main__':
    with MyResource() as r:
        r.query()

    try:
        with MyResource() as r:
            r.broken_query()
    except ValueError as error:
        print('ValueError:', error)

    r = make_plain()
    r.query()
    print('MyResource 是上下文管理器：', issubclass(MyResource, AbstractContextManager))
    print('Plain 是上下文管理器：', issubclass(Plain, AbstractContextManager))
