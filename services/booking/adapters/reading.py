"""Reads one calendar in a process of its own: `python -m services.booking.adapters.reading`.

A calendar may repeat an entry every second since the year 1, or answer one byte a minute. So the
work is done where it can be stopped: without secrets, with limits on processor time and memory,
and killed by its parent when it takes too long. What is wanted comes in as JSON, and one JSON
object goes out: {"busy": [[from, to], …]} in minutes since 1970, or {"trouble": "…"}.
"""

import json
import resource
import signal
import sys
from contextlib import suppress
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.booking.adapters.addresses import is_public
from services.booking.adapters.fetch import anywhere, fetch
from services.booking.adapters.ics import busy_spans
from services.booking.ports import CalendarRequest, CalendarUnreadable

PROCESSOR_S: Final = 20
LONGEST_S: Final = 60
MEMORY: Final = 1024 * 1024 * 1024
TOO_MUCH: Final = "It holds more than we can work through."


def main() -> None:
    """Answer the one request on standard input."""
    _limit()
    try:
        answer = _read(json.load(sys.stdin))
    except CalendarUnreadable as error:
        answer = {"trouble": str(error)}
    except (MemoryError, RecursionError):
        answer = {"trouble": TOO_MUCH}
    json.dump(answer, sys.stdout)


def _limit() -> None:
    """Bound the work; the alarm is for the case that nobody is left to kill this process."""
    signal.alarm(LONGEST_S)
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S))
    with suppress(OSError, ValueError):  # not every system can limit it
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _read(asked: dict[str, Any]) -> dict[str, Any]:
    wanted = CalendarRequest(
        url=asked["url"],
        zone=ZoneInfo(asked["zone"]),
        start=datetime.fromisoformat(asked["start"]),
        end=datetime.fromisoformat(asked["end"]),
    )
    may_ask = anywhere if asked["private"] else is_public
    document = fetch(wanted.url, may_ask=may_ask)
    return {"busy": busy_spans(document, wanted)}


if __name__ == "__main__":
    main()
