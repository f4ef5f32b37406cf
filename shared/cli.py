"""What the command line says: plain lines, progress, and faults with what to do about them."""

import sys


class Fault(Exception):
    """Something the person at the command line can mend; said without a traceback, exit 2."""

    slug = "fault"


def say(line: str = "") -> None:
    """One line on standard output, at once."""
    print(line, flush=True)


def warn(line: str) -> None:
    """One line on standard error."""
    print(line, file=sys.stderr, flush=True)


class Progress:
    """A counter that redraws itself on a terminal, and says only its end elsewhere."""

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._done = 0
        self._live = sys.stderr.isatty()

    def step(self, count: int = 1) -> None:
        """`count` more are done."""
        self._done += count
        if self._live:
            print(f"\r{self._what}: {self._done} of {self._total}", end="", file=sys.stderr)

    def finish(self) -> None:
        """Everything is done."""
        self._done = self._total
        start = "\r" if self._live else ""
        print(f"{start}{self._what}: {self._done} of {self._total}", file=sys.stderr, flush=True)
