"""Times of requests: sent by turns to what is measured and to its baseline."""

from __future__ import annotations

import http.client
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Times:
    """Durations in seconds."""

    all: tuple[float, ...]

    @property
    def p50(self) -> float:
        """The median."""
        return statistics.median(self.all)

    @property
    def p95(self) -> float:
        """What 95 of 100 stay below."""
        return statistics.quantiles(self.all, n=20)[-1]

    def line(self, name: str) -> str:
        """One line for the screen, in milliseconds."""
        return f"{name:<28} p50 {self.p50 * 1000:8.2f} ms   p95 {self.p95 * 1000:8.2f} ms"


def by_turns(*asks: Callable[[], object], rounds: int, warm_up: int = 20) -> list[Times]:
    """The times of each, one after the other in every round, so that all see the same machine."""
    found: list[list[float]] = [[] for _ in asks]
    for number in range(rounds + warm_up):
        for ask, times in zip(asks, found, strict=True):
            began = time.perf_counter()
            ask()
            if number >= warm_up:
                times.append(time.perf_counter() - began)
    return [Times(tuple(each)) for each in found]


def getter(port: int, path: str) -> Callable[[], bytes]:
    """Asks for one page over one connection that stays open. Raises when it is no 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask() -> bytes:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}: {body[:200]!r}")
        return body

    return ask
