"""How long the times on offer take, against a bare Flask route that returns the same bytes.

Ten consultants, 60 days, 5,000 booked calls, PostgreSQL, two web processes. Aim: at most 4 times
the bare route.
"""

from __future__ import annotations

from datetime import UTC, datetime

from benchmarks.measure import by_turns, getter
from benchmarks.office import CALLS, CONSULTANTS, FAR, OURS, Office, gunicorn, office
from services.booking.queries.availability import offered
from shared.db.testing import counting

ROUNDS = 300


def main() -> None:
    """Print p50, p95, the ratio, and the number of queries."""
    with office() as place:
        run(place)


def run(place: Office) -> None:
    """Measure in this office."""
    now = datetime.now(UTC)  # noqa: TID251 - the servers run by the real clock
    day = now.date()
    path = f"/booking/api/v1/slots?from={day}&to={day + FAR}&tz=America/New_York"
    with place.serving(OURS, "/booking/healthz") as port:
        body = getter(port, path)()
        sample = place.folder / "slots.json"
        sample.write_bytes(body)
        place.env["GRIP_BENCH_BYTES"] = str(sample)
        with place.serving(gunicorn("benchmarks.bare:same_bytes()"), "/same") as bare:
            ours, same = by_turns(getter(port, path), getter(bare, "/same"), rounds=ROUNDS)
    cold = by_turns(lambda: look(place, now), rounds=20, warm_up=3)[0]
    with counting(place.database) as queries, place.database.reading() as session:
        offered(session, now, now + FAR, now=now)
    print(f"{CONSULTANTS} consultants, {FAR.days} days, {CALLS} calls; {len(body):,} bytes")
    print(f"queries for the times: {len(queries)} (at most 5)")
    print(cold.line("computing them anew"))
    print(ours.line("times on offer"))
    print(same.line("bare route, same bytes"))
    print(f"ratio of medians: {ours.p50 / same.p50:.2f} (aim: at most 4)")


def look(place: Office, now: datetime) -> None:
    """The times as the first page after a change computes them, without HTTP."""
    with place.database.reading() as session:
        offered(session, now, now + FAR, now=now)


if __name__ == "__main__":
    main()
