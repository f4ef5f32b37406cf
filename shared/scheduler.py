"""Threads and timers around the steps: thin shells, no decisions."""

import threading
import time
from collections.abc import Callable
from datetime import datetime

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from shared.clock import Clock
from shared.logs import described
from shared.service import Job

log = structlog.get_logger()

MOST_STEPS_A_TICK = 100
LONGEST_PAUSE_S = 30.0


class Trouble:
    """A step's failures in a row: one line when they begin and one when they end, and the wait.

    What goes on failing is tried ever more rarely, up to every half minute.
    """

    def __init__(self, step: str) -> None:
        self._step = step
        self._failures = 0
        self._last = ""

    @property
    def pause_s(self) -> float:
        """How long to wait before the next try; nothing while all is well."""
        return min(2.0 ** (self._failures - 1), LONGEST_PAUSE_S) if self._failures else 0.0

    def failed(self, error: Exception) -> None:
        """The step raised."""
        self._failures += 1
        words = described(error)
        if words != self._last:
            log.error("step failed", step=self._step, why=words)
        self._last = words

    def passed(self) -> None:
        """The step did its work."""
        if self._failures:
            log.warning("step works again", step=self._step, after=self._failures)
        self._failures, self._last = 0, ""


class Loop:
    """A thread that calls a step again and again until it is stopped.

    Between steps that found nothing it waits for `wake`, at most `pause_s` seconds.
    """

    def __init__(
        self,
        name: str,
        step: Callable[[datetime], bool],
        clock: Clock,
        *,
        wake: threading.Event | None = None,
        pause_s: float = 1.0,
    ) -> None:
        self._step = step
        self._clock = clock
        self._wake = wake or threading.Event()
        self._pause_s = pause_s
        self._trouble = Trouble(name)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the loop to end after the step it is in."""
        self._stopping.set()
        self._wake.set()

    def join(self, timeout_s: float) -> None:
        """Wait until it has ended, at most `timeout_s` seconds."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            more = False
            try:
                more = self._step(self._clock.now())
                self._trouble.passed()
            except Exception as error:
                self._trouble.failed(error)
                self._stopping.wait(self._trouble.pause_s)
            if not more:
                self._wake.wait(self._pause_s)
            self._wake.clear()


class Ticker:
    """APScheduler over periodic steps; the database is the truth about what is due."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # A tick that comes late is still wanted, and one that piles up is wanted once.
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler = BackgroundScheduler(job_defaults=defaults, timezone="UTC")
        self._stopping = threading.Event()
        self._running = 0
        self._idle = threading.Condition()

    def add(self, name: str, job: Job) -> None:
        """Call `job.step` every `job.every`, and again at once while it says that more waits."""
        seconds = job.every.total_seconds()
        tick = _Tick(name, job)
        self._scheduler.add_job(self._run, "interval", seconds=seconds, args=(tick,), id=name)

    def start(self) -> None:
        """Begin ticking."""
        self._scheduler.start()

    def stop(self, within_s: float) -> bool:
        """Start no more steps; whether those that run ended within that time."""
        self._stopping.set()
        self._scheduler.shutdown(wait=False)
        with self._idle:
            return self._idle.wait_for(lambda: self._running == 0, within_s)

    def _run(self, tick: "_Tick") -> None:
        with self._idle:
            self._running += 1
        try:
            tick.run(self._clock, self._stopping)
        finally:
            with self._idle:
                self._running -= 1
                self._idle.notify_all()


class _Tick:
    """One periodic step and how it fares."""

    def __init__(self, name: str, job: Job) -> None:
        self._job = job
        self._trouble = Trouble(name)
        self._not_before = 0.0

    def run(self, clock: Clock, stopping: threading.Event) -> None:
        if time.monotonic() < self._not_before:
            return
        try:
            for _ in range(MOST_STEPS_A_TICK):
                if stopping.is_set() or not self._job.step(clock.now()):
                    break
            self._trouble.passed()
        except Exception as error:
            self._trouble.failed(error)
            self._not_before = time.monotonic() + self._trouble.pause_s
