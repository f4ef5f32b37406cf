"""Calendars on the web, each read in a process of its own that can be stopped."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.booking.adapters.reading import TOO_MUCH
from services.booking.domain.intervals import Span
from services.booking.ports import CalendarRequest, CalendarUnreadable

_HOME = Path(__file__).parents[3]
_GLANCE_S = 0.25


@dataclass(frozen=True, slots=True)
class WebCalendars:
    """Reads a calendar within `limit_s` seconds of wall-clock time.

    `private` lets private networks be asked. `stopping` says that the process is about to end.
    """

    private: bool
    stopping: Callable[[], bool]
    limit_s: float = 30.0

    def busy(self, wanted: CalendarRequest) -> Sequence[Span]:
        """See `CalendarSource`."""
        asked = {
            "url": wanted.url,
            "zone": wanted.zone.key,
            "start": wanted.start.isoformat(),
            "end": wanted.end.isoformat(),
            "private": self.private,
        }
        answer = self._answer(json.dumps(asked))
        if "trouble" in answer:
            raise CalendarUnreadable(str(answer["trouble"]))
        return [Span(int(start), int(end)) for start, end in answer["busy"]]

    def _answer(self, asked: str) -> dict[str, Any]:
        command = (sys.executable, "-m", "services.booking.adapters.reading")
        with subprocess.Popen(  # noqa: S603 - nothing of the calendar is in the command
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_HOME,
            env={},
            text=True,
        ) as process:
            try:
                said = self._wait(process, asked)
            finally:
                process.kill()
        try:
            found: dict[str, Any] = json.loads(said)
        except ValueError:
            raise CalendarUnreadable(TOO_MUCH) from None
        return found

    def _wait(self, process: "subprocess.Popen[str]", asked: str) -> str:
        until = time.monotonic() + self.limit_s
        given: str | None = asked
        while time.monotonic() < until and not self.stopping():
            try:
                return process.communicate(given, timeout=_GLANCE_S)[0]
            except subprocess.TimeoutExpired:
                given = None
        if self.stopping():
            raise CalendarUnreadable("Reading it was interrupted.")
        raise CalendarUnreadable("It takes too long to answer.")
