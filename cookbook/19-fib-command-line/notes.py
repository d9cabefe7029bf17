"""A command line: fib

argparse makes usage, help and errors of what the arguments are. Here its answers to a dozen command lines are shown: what it
prints, and the status that it would end with. The twin is `examples/fib.cc`, whose output is this program's.

The notes had wrong:
- `--quite` is a slip for `--quiet`. It stays, for scripts that say it; the right name works, too, and is not shown.
- `-o` opened `fib.txt` and never closed it.
- A huge number took for ever, or until Python refused to print the result; now it is an error.
"""

import argparse
import contextlib
import io
import os
import sys

MOST = 100_000


def fib(n):
    a, b = 0, 1
    for i in range(n):
        a, b = b, a + b
    return a


def main(argv=None):
    parser = argparse.ArgumentParser(prog='fib')
    group = parser.add_mutually_exclusive_group()
    group.add_argument("-v", "--verbose", action="store_true")
    group.add_argument("-q", "--quite", action="store_true")
    group.add_argument("--quiet", dest="quite", action="store_true", help=argparse.SUPPRESS)

    parser.add_argument("num", help="The fibonacci number you wish to calculate.", type=int)
    parser.add_argument('-o', "--output", help="Output result to a file", action="store_true")
    args = parser.parse_args(argv)
    if args.num > MOST:
        parser.error("argument num: %d is too large: the most is %d" % (args.num, MOST))

    if hasattr(sys, 'set_int_max_str_digits'):
        sys.set_int_max_str_digits(0)
    result = fib(args.num)
    if args.verbose:
        print("The " + str(args.num) + "th fib number is " + str(result))
    elif args.quite:
        print(result)
    else:
        print("fib(" + str(args.num) + ") =" + str(result))

    if args.output:
        with open("fib.txt", "a") as f:
            f.write(str(result) + "\n")


def show(*argv):
    print('$ fib', *argv)
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors):
        try:
            main(argv)
            code = 0
        except SystemExit as ended:
            code = ended.code
    for line in errors.getvalue().splitlines():
        print(line)
    print('->', code)


def all_of_them():
    show('10')
    show('10', '-v')
    show('100', '-q')
    show('1_000', '--quiet')
    show('-3')
    show('--', '-3')
    show('--verb', '10')
    show('-v', '-q', '10')
    show('-vq', '10')
    show()
    show('x')
    show('0x10')
    show('10', '20')
    show('--verbose=1', '10')
    show('100001')


if __name__ == '__main__':
    os.environ['COLUMNS'] = '80'
    all_of_them()
