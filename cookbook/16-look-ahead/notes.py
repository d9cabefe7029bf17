"""Look-ahead

`(?=…)` asks what comes next without taking it, `(?!…)` what does not: the match ends before it.

The notes had wrong:
- The patterns were no raw strings. `"\\s"` is an invalid escape, a SyntaxWarning from Python 3.12 on.
- "Followed neither by python nor by love": the pattern says neither python nor regex.
"""

import re

text = "i love python, i love regex"

if __name__ == '__main__':
    print(re.compile(r"love\s(?=python)").search(text))
    # The second one: what follows the first is python.
    print(re.compile(r"love\s(?!python)").search(text))
    # Neither python nor regex.
    print(re.compile(r"love\s(?!python|regex)").search(text))
