"""Rate limits in fixed windows, counted in the database so that they hold across processes."""

import hashlib
import hmac
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import has_app_context
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shared.db.common import rate_limit
from shared.web.context import now as request_now
from shared.web.context import web
from shared.web.errors import Refused


class RateLimited(Refused):
    """Too many tries in this window; `retry_after` is the time until the next one."""

    slug = "rate-limited"

    def __init__(
        self,
        retry_after: timedelta,
        *,
        detail: str = "There were too many tries in a short time.",
    ) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        self.headers = {"Retry-After": str(max(1, math.ceil(retry_after.total_seconds())))}


@dataclass(frozen=True, slots=True)
class Counter:
    """Counts tries of `what` by `who` (an address, an email) in windows of `per`.

    `who` is stored as a keyed hash.
    """

    what: str
    who: str
    per: timedelta

    @property
    def key(self) -> str:
        """What its rows are found by."""
        return _full(f"{self.what}:{_hidden(self.who)}", self.per)


def throttle(what: str, who: str, *, limit: int, per: timedelta) -> None:
    """Count one try of `what` by `who`; in a transaction of its own.

    Call it before the work, outside any other transaction. Raises `RateLimited`.
    """
    at, counter = request_now(), Counter(what, who, per)
    (count,) = web().database.run(lambda session: tally(session, counter, now=at))
    refuse_above(limit, count, per=per, now=at)


def tally(session: Session, *counters: Counter, now: datetime) -> list[int]:
    """Count one try with each, in one statement; how many the present window of each holds now.

    It refuses nobody. Whoever counts the same waits until this transaction ends, so all who count
    several together name them in the same order.
    """
    found = _count(session, [(each.key, each.per) for each in counters], now=now)
    return [found[each.key] for each in counters]


def tallied(
    session: Session, *counters: Counter, now: datetime, windows: int = 1
) -> list[tuple[int, int]]:
    """How many tries each has counted: in the present window, and in the `windows` before it."""
    since = {each.key: _window(each.per, now) - windows * each.per for each in counters}
    query = select(rate_limit.c.key, rate_limit.c.window_start, rate_limit.c.count).where(
        rate_limit.c.key.in_(since), rate_limit.c.window_start >= min(since.values())
    )
    found = session.execute(query).all()

    def counted(counter: Counter) -> tuple[int, int]:
        key, start = counter.key, _window(counter.per, now)
        present = sum(count for name, at, count in found if name == key and at == start)
        before = (count for name, at, count in found if name == key and since[key] <= at < start)
        return present, sum(before)

    return [counted(each) for each in counters]


def scaled(limit: int) -> int:
    """The limit in force: times the settings' scale, and never none at all."""
    scale = web().settings.rate_limit_scale if has_app_context() else 1.0
    return max(1, int(limit * scale))


def refuse_above(limit: int, count: int, *, per: timedelta, now: datetime) -> None:
    """Raise `RateLimited` when a count is above `limit` times the settings' scale."""
    if count > scaled(limit):
        raise RateLimited(until_next(per, now))


def until_next(per: timedelta, now: datetime) -> timedelta:
    """How long the present window goes on."""
    return _window(per, now) + per - now


def limited(session: Session, key: str, *, limit: int, per: timedelta, now: datetime) -> None:
    """Count one try in the session's transaction: it counts only if that commits.

    `key` names what and who, at most 140 characters, and is stored as it is. Raises `RateLimited`
    on the first try above `limit` (times the settings' scale) in the window `per` around `now`.
    """
    full_key = _full(key, per)
    count = _count(session, [(full_key, per)], now=now)[full_key]
    refuse_above(limit, count, per=per, now=now)


def _count(
    session: Session, keys: Sequence[tuple[str, timedelta]], *, now: datetime
) -> Mapping[str, int]:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(rate_limit)
        .on_conflict_do_update(
            index_elements=[rate_limit.c.key, rate_limit.c.window_start],
            set_={"count": rate_limit.c.count + 1},
        )
        .returning(rate_limit.c.key, rate_limit.c.count)
    )
    rows = [{"key": key, "window_start": _window(per, now), "count": 1} for key, per in keys]
    return {row[0]: row[1] for row in session.execute(statement, rows)}


def _full(key: str, per: timedelta) -> str:
    """The length is part of the key: windows of a minute and of an hour begin together at times."""
    return f"{key}/{per.total_seconds():g}"


def _window(per: timedelta, now: datetime) -> datetime:
    seconds = per.total_seconds()
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)


def _hidden(who: str) -> str:
    key = web().settings.secret_for("rate-limits").encode()
    return hmac.new(key, who.strip().lower().encode(), hashlib.sha256).hexdigest()[:32]
