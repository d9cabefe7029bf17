"""A context manager made of a generator

What stands before the `yield` is the entry, what stands after it the exit, and what is yielded goes to `as`. An exception of
the block is raised at the `yield`: only a `finally` there makes the exit sure.

The notes had wrong:
- The `yield` stood alone, so that an exception in the block skipped the line that closes the resource. The rule that their
  summary lacks: put the `yield` in a `try`, and the exit in its `finally`.
"""

from contextlib import contextmanager


class MyResource:
    def query(self):
        print('query data')


@contextmanager
def make_myresource():
    print('connect to resource')
    try:
        yield MyResource()
    finally:
        print('close resource connection')


@contextmanager
def careless():
    print('connect to resource')
    yield MyResource()
    print('close resource connection')


if __name__ == '__main__':
    with make_myresource() as r:
        r.query()

    for make in (make_myresource, careless):
        try:
            with make() as r:
                raise ValueError('no data')
        except ValueError as error:
            print('ValueError:', error)
