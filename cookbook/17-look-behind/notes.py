"""Look-behind

`(?<=…)` asks what came before. What is in it must have one width; and `findall` gives the group, where there is one.

The notes had wrong:
- The patterns were no raw strings.
- "The length must be exact" is right, but alternatives of different length are refused, too: `(?<=a|bc)d`.
"""

import re

text = "love regex or hate regex, can't ignore regex"

if __name__ == '__main__':
    print(re.compile(r"(?<=(love|hate)\s)regex").findall(text))
    print(re.compile(r"(?<!love\s)regex").findall(text))
    for pattern in (r"(?<=a.*)b", r"(?<=a{3,4})b", r"(?<=a|bc)d"):
        try:
            re.compile(pattern)
        except re.error as error:
            print(error)
