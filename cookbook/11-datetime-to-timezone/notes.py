"""A text becomes a time, and a time an aware one

`strptime` reads a time by a format; it is naive until `replace` gives it a zone. An aware time can go to any other zone, and
two aware ones are compared by what they mean, not by what their clocks show.

The notes had wrong:
- `%s` is no directive of strptime; seconds are `%S`, and the second `%d` was to be `%m`.
- `replace` makes a new time. Its result was dropped, and the time stayed naive.
- pytz is not needed any more: UTC is `timezone.utc`, the other zones are `zoneinfo.ZoneInfo`, and they need no `localize()`.
"""

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

time_str = '2023-09-15 14:46:37'


def attempt(what, call):
    try:
        print(what, call())
    except (TypeError, ValueError) as error:
        print(what, f'{type(error).__name__}: {error}')


if __name__ == '__main__':
    attempt('as in the notes:', lambda: datetime.strptime(time_str, '%Y-%d-%d %H:%M:%s'))

    unaware_time = datetime.strptime(time_str, '%Y-%m-%d %H:%M:%S')
    print(repr(unaware_time), 'in', unaware_time.tzinfo)

    aware_time = unaware_time.replace(tzinfo=timezone.utc)
    print(repr(aware_time))
    print('still naive:', unaware_time.isoformat(), 'aware:', aware_time.isoformat())

    shanghai = aware_time.astimezone(ZoneInfo('Asia/Shanghai'))
    print(shanghai, shanghai.tzname(), shanghai == aware_time)

    print(unaware_time == aware_time)
    attempt('earlier?', lambda: unaware_time < aware_time)
    attempt('between them:', lambda: aware_time - unaware_time)

    for fold in 0, 1:
        twice = datetime(2023, 11, 5, 1, 30, tzinfo=ZoneInfo('America/New_York'), fold=fold)
        print(twice.isoformat(), twice.tzname(), twice.astimezone(timezone.utc).isoformat())
