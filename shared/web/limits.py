"""Rate limits in fixed windows, counted in the database so that they hold across processes."""

import hashlib
import hmac
import math
from datetime import UTC, datetime, timedelta

from flask import has_app_context
from sqlalchemy import func, select
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


def throttle(what: str, who: str, *, limit: int, per: timedelta) -> None:
    """Count one try of `what` by `who` (an address, an email); in a transaction of its own.

    Call it before the work, outside any other transaction. `who` is stored as a keyed hash.
    Raises `RateLimited`.
    """
    at = request_now()
    count = web().database.run(lambda session: tally(session, what, who, per=per, now=at))
    refuse_above(limit, count, per=per, now=at)


def tally(session: Session, what: str, who: str, *, per: timedelta, now: datetime) -> int:
    """Count one try of `what` by `who` in the session's transaction; how many its window holds.

    It refuses nobody. Whoever counts the same waits until this transaction ends.
    """
    return _count(session, f"{what}:{_hidden(who)}", per=per, now=now)


def tallied(
    session: Session, what: str, who: str, *, per: timedelta, windows: int, now: datetime
) -> int:
    """How many tries `tally` counted in the newest `windows` windows, the present one included."""
    since = _window(per, now) - (windows - 1) * per
    query = select(func.coalesce(func.sum(rate_limit.c.count), 0)).where(
        rate_limit.c.key == _full(f"{what}:{_hidden(who)}", per), rate_limit.c.window_start >= since
    )
    return int(session.execute(query).scalar_one())


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
    refuse_above(limit, _count(session, key, per=per, now=now), per=per, now=now)


def _count(session: Session, key: str, *, per: timedelta, now: datetime) -> int:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = {"key": _full(key, per), "window_start": _window(per, now), "count": 1}
    statement = (
        dialect.insert(rate_limit)
        .values(row)
        .on_conflict_do_update(
            index_elements=[rate_limit.c.key, rate_limit.c.window_start],
            set_={"count": rate_limit.c.count + 1},
        )
        .returning(rate_limit.c.count)
    )
    return int(session.execute(statement).scalar_one())


def _full(key: str, per: timedelta) -> str:
    """The length is part of the key: windows of a minute and of an hour begin together at times."""
    return f"{key}/{per.total_seconds():g}"


def _window(per: timedelta, now: datetime) -> datetime:
    seconds = per.total_seconds()
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)


def _hidden(who: str) -> str:
    key = web().settings.secret_for("rate-limits").encode()
    return hmac.new(key, who.strip().lower().encode(), hashlib.sha256).hexdigest()[:32]
