"""《 and 》 around what is printed, by a class

The block prints between what `__enter__` and `__exit__` print. `__exit__` runs when the block raises, too, and is told of it.

The notes had wrong:
- The line never ended: nobody printed a newline.
- They call this class and the generator of the next pair the same. They differ when the block raises: the class prints its
  》, their generator does not.
"""


class BookMark:
    def __enter__(self):
        print('《', end='')

    def __exit__(self, exc_type, exc_val, exc_tb):
        print('》')


if __name__ == '__main__':
    with BookMark():
        print('活着', end='')

    try:
        with BookMark():
            print('活', end='')
            raise ValueError('没写完')
    except ValueError as error:
        print('ValueError:', error)
