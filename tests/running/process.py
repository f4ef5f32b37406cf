"""A process of Grip that a test starts, waits for, and ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[2]
GRIP = [str(ROOT / "grip")]
"""The script as a user starts it."""
SERVICES = [sys.executable, "-P", "-m", "services"]
"""The same program in the interpreter that runs the tests."""

T = TypeVar("T")


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(look: Callable[[], T | None], what: str, *, within_s: float = 30) -> T:
    """The first true answer of `look`; fails when there is none in time."""
    deadline = time.monotonic() + within_s
    while True:
        answer = look()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"waited {within_s:g} s for {what}"
        time.sleep(0.05)


class Process:
    """One process, with all that it prints in a file."""

    def __init__(self, words: Sequence[str], *, env: Mapping[str, str], log: Path) -> None:
        self.log = log
        self._words = list(words)
        with log.open("ab") as out:
            self._popen = subprocess.Popen(
                self._words,
                env=environment(env),
                cwd=log.parent,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    @property
    def text(self) -> str:
        """What it has printed so far."""
        return self.log.read_text(errors="replace")

    @property
    def exit_code(self) -> int | None:
        """Its exit status, or None while it runs."""
        return self._popen.poll()

    def until_printed(self, find: Callable[[str], T | None], what: str, *, within_s: float) -> T:
        """The first true answer of `find` to what it has printed."""

        def look() -> T | None:
            assert self.exit_code is None, f"{self._words} ended:\n{self.text[-3000:]}"
            return find(self.text)

        return until(look, f"{what} from {self._words}", within_s=within_s)

    def terminate(self) -> None:
        """Ask it to end, and do not wait."""
        if self.exit_code is None:
            self._popen.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.exit_code is None:
            self._popen.kill()
        self._popen.wait(10)

    def wait(self, within_s: float) -> int:
        """Its exit status; fails when it does not end in time."""
        return self._popen.wait(within_s)

    def stop(self) -> None:
        """End it, kindly at first."""
        self.terminate()
        try:
            self.wait(12)
        except subprocess.TimeoutExpired:
            self.kill()


def environment(env: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without any setting of Grip, and then `env`."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GRIP_")}
    return clean | {"PYTHONPATH": str(ROOT)} | dict(env)


def run(words: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> str:
    """Run one command of Grip to its end; what it printed. Fails when it fails."""
    done = subprocess.run(
        [*SERVICES, *words],
        env=environment(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{words} ended with {done.returncode}:\n{done.stderr[-3000:]}"
    return done.stdout
