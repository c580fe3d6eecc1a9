"""Reports by the clock, without a process that stays: a call does what is due and ends; who calls is up to the machine.

- `plan`: ``schedule.yml``, checked whole; by cron or RRULE in a time zone, which runs are due now
- `journal`: what was begun, how it ended, who was told: lines that are only ever added
- `run`: do what is due, one call at a time; `made`: one report, with its retries and its time limit
- `news`: is there anything new since the last report, and what; which source is late
- `alerts`: tell it, once; `keep`: which old reports stay
- `status`, `install`, `command`: for people
"""
