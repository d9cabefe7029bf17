"""Why findall gives ['']

The look-behind works: of three places it leaves one. But `findall` gives the group instead of the match, where the
pattern has one group; and a group in a negative look-around is always empty, for that succeeds because what is in it failed.

The notes had wrong:
- They asked why "this negative look-behind does not work". It does; make the group `(?:…)`, or ask `finditer` for the match.
"""

import re

text = "love regex or hate regex, can't ignore regex"

if __name__ == '__main__':
    pattern = re.compile(r"(?<!(love|hate)\s)regex")
    print(pattern.findall(text))
    for match in pattern.finditer(text):
        print(match.group(), match.span(), match.groups()[0])
    print(re.compile(r"(?<!(?:love|hate)\s)regex").findall(text))
