"""A context manager: as a class, and as a generator

`with` calls `__enter__`, runs the block, and calls `__exit__`, whatever happens. `@contextmanager` makes such an object of a
generator: what stands before the `yield` enters, what stands after it exits.

The notes had wrong:
- `with make_myresource() as r` lacked its colon; and a plain function's result is no context manager (TypeError: 'MyResource'
  object does not support the context manager protocol).
- The generator had no `try … finally`: an exception in the block would have skipped the closing.
"""

from contextlib import contextmanager


class MyResource:
    def __enter__(self):
        print('connect to resource')
        return self

    def __exit__(self, exc_type, exc_val, exc_tb):
        print('close resource connection')

    def query(self):
        print('query data')


@contextmanager
def make_myresource():
    print('connect to resource')
    try:
        yield MyResource()
    finally:
        print('close resource connection')


with MyResource() as r:
    r.query()

with make_myresource() as r:
    r.query()

try:
    with make_myresource() as r:
        raise ValueError('no such table')
except ValueError as error:
    print('failed:', error)
