"""Threads and timers around the steps: thin shells, no decisions."""

import threading
from collections.abc import Callable
from datetime import datetime

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from shared.clock import Clock
from shared.service import Job

log = structlog.get_logger()

MOST_STEPS_A_TICK = 100


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
            try:
                more = self._step(self._clock.now())
            except Exception:
                log.exception("step failed", loop=self._thread.name)
                more = False
                self._stopping.wait(self._pause_s)
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

    def add(self, name: str, job: Job) -> None:
        """Call `job.step` every `job.every`, and again at once while it says that more waits."""
        seconds = job.every.total_seconds()
        self._scheduler.add_job(self._tick, "interval", seconds=seconds, args=(name, job), id=name)

    def start(self) -> None:
        """Begin ticking."""
        self._scheduler.start()

    def stop(self) -> None:
        """Wait for the steps that run and start no more."""
        self._stopping.set()
        self._scheduler.shutdown(wait=True)

    def _tick(self, name: str, job: Job) -> None:
        try:
            for _ in range(MOST_STEPS_A_TICK):
                if self._stopping.is_set() or not job.step(self._clock.now()):
                    break
        except Exception:
            log.exception("step failed", job=name)
