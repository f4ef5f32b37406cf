"""How many bookings a second, against the same INSERTs in one bare SQLAlchemy transaction.

PostgreSQL, two web processes. The baseline is served by the same server: a bare Flask route that
sends what a booking inserts and updates in one transaction, without a rule, a look or a check.
Aim: at least 0.6 of it.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice

from benchmarks.measure import Times
from benchmarks.office import FAR, OURS, Office, gunicorn, office
from services.booking.domain.intervals import written
from services.booking.queries.availability import offered

CLIENTS, EACH, TURNS = 8, 40, 3


def main() -> None:
    """Print bookings a second, p50, p95, and the ratio."""
    with office() as place:
        run(place)


def run(place: Office) -> None:
    """Measure in this office, by turns: a batch here, a batch there."""
    now = datetime.now(UTC)  # noqa: TID251 - the servers run by the real clock
    with place.database.reading() as session:
        starts = iter([written(at) for at in offered(session, now, now + FAR, now=now)])
    numbers = iter(range(10**6, 10**7))
    ours, bare = [], []
    with (
        place.serving(OURS, "/booking/healthz") as port,
        place.serving(gunicorn("benchmarks.bare:same_inserts()"), "/ready") as other,
    ):
        for turn in range(TURNS + 1):
            bodies = list(islice(_bodies(starts, numbers), CLIENTS * EACH))
            mine = _together(port, "/booking/api/v1/consults", bodies)
            theirs = _together(other, "/insert", bodies)
            if turn:  # the first is to warm up
                ours.append(mine)
                bare.append(theirs)
    _report(ours, bare)


_Batch = tuple[float, list[float]]


def _report(ours: list[_Batch], bare: list[_Batch]) -> None:
    rates = []
    for name, batches in (("bookings", ours), ("same INSERTs, bare", bare)):
        times = Times(tuple(each for _, batch in batches for each in batch))
        rates.append(sum(len(batch) for _, batch in batches) / sum(took for took, _ in batches))
        print(f"{times.line(name)}   {rates[-1]:7.1f} a second")
    print(f"ratio of rates: {rates[0] / rates[1]:.2f} (aim: at least 0.6)")


def _bodies(starts: Iterator[str], numbers: Iterator[int]) -> Iterator[bytes]:
    """Requests for different times by different people."""
    for start, number in zip(starts, numbers, strict=False):
        yield json.dumps(
            {
                "start": start,
                "name": f"Person {number}",
                "email": f"person{number}@example.org",
                "phone": f"+1207{230 + number // 10_000 % 80}{number % 10_000:04d}",
                "timezone": "America/New_York",
                "locale": "en",
                "sms_consent": False,
                "meeting": "phone",
            }
        ).encode()


def _together(port: int, path: str, bodies: list[bytes]) -> _Batch:
    """All of them, sent by `CLIENTS` clients at once: how long it took, and each its time."""
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        parts = pool.map(lambda nth: _one_by_one(port, path, bodies[nth::CLIENTS]), range(CLIENTS))
        times = [each for part in parts for each in part]
    return time.perf_counter() - began, times


def _one_by_one(port: int, path: str, bodies: list[bytes]) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    times = []
    for body in bodies:
        headers = {"Content-Type": "application/json", "Idempotency-Key": sha256(body).hexdigest()}
        began = time.perf_counter()
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        said = answer.read()
        times.append(time.perf_counter() - began)
        if answer.status != 201:
            raise RuntimeError(f"{path} answered {answer.status}: {said[:300]!r}")
    connection.close()
    return times


if __name__ == "__main__":
    main()
