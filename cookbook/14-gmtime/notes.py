"""gmtime: seconds since the epoch as nine numbers, in UTC

The week begins with Monday, 0, and the year with day 1: C's own struct begins the week with Sunday and the year with day 0.
A fraction is dropped, towards the past.

The notes had wrong:
- The list of the fields stands within the code, which thereby is no Python.
"""

import calendar
import time

if __name__ == '__main__':
    t = time.gmtime(1694760884)
    print(t)
    print(t.tm_year, t.tm_mon, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, t.tm_wday, t.tm_yday, t.tm_isdst)
    print(t[3], t.tm_gmtoff, calendar.timegm(t))

    print(time.gmtime(1694760884.999).tm_sec)
    print(time.gmtime(-1))
    print(time.gmtime().tm_year >= 2023)
