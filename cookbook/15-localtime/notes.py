"""localtime: the same in the local zone

What is local, the variable TZ says, or else the system: eight hours lie between the two times of the notes, whose author
lives in China. `mktime` goes back to seconds, and finds out about summer time when tm_isdst is -1.

The notes had wrong:
- "Only the hours differ": so do the day, its number and tm_isdst where the zone makes them, and always tm_zone and tm_gmtoff.
"""

import os
import time

if __name__ == '__main__':
    os.environ['TZ'] = 'Asia/Shanghai'
    time.tzset()
    print(time.localtime(1694760884))
    print(time.gmtime(1694760884).tm_hour, time.localtime(1694760884).tm_hour)
    print(time.tzname, time.timezone, time.daylight)

    os.environ['TZ'] = 'America/New_York'
    time.tzset()
    t = time.localtime(1694760884)
    print(t.tm_hour, t.tm_isdst, t.tm_zone, t.tm_gmtoff)
    print(time.mktime(t), time.mktime((2023, 9, 15, 2, 54, 44, 0, 0, -1)) == time.mktime(t))
    print(time.tzname, time.timezone, time.altzone)
