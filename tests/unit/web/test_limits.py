"""Rate limits in fixed windows."""

from datetime import timedelta

import pytest
from flask import Blueprint

from shared.web.auth import public
from shared.web.limits import Counter, RateLimited, limited, tallied, tally, throttle
from tests.unit.web.conftest import START, Site

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_a_window_admits_its_limit(site: Site) -> None:
    with site.database.transaction() as session:
        for _ in range(3):
            limited(session, "k", limit=3, per=MINUTE, now=START)
        with pytest.raises(RateLimited) as refused:
            limited(session, "k", limit=3, per=MINUTE, now=START + timedelta(seconds=20))
    assert refused.value.retry_after == timedelta(seconds=40)
    assert refused.value.headers == {"Retry-After": "40"}


def test_the_next_window_begins_anew(site: Site) -> None:
    with site.database.transaction() as session:
        for _ in range(3):
            limited(session, "k", limit=3, per=MINUTE, now=START)
        limited(session, "k", limit=3, per=MINUTE, now=START + MINUTE)


def test_keys_and_lengths_count_apart(site: Site) -> None:
    with site.database.transaction() as session:
        limited(session, "a", limit=1, per=MINUTE, now=START)
        limited(session, "b", limit=1, per=MINUTE, now=START)
        limited(session, "a", limit=1, per=HOUR, now=START)


def test_a_try_counts_only_if_its_transaction_commits(site: Site) -> None:
    def fail() -> None:
        with site.database.transaction() as session:
            limited(session, "k", limit=1, per=MINUTE, now=START)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with site.database.transaction() as session:
        limited(session, "k", limit=1, per=MINUTE, now=START)


def throttled() -> Blueprint:
    blueprint = Blueprint("throttled", __name__, url_prefix="/booking")

    @blueprint.get("/try")
    @public
    def attempt() -> str:
        throttle("sign-in", "Nora@Example.org ", limit=2, per=MINUTE)
        return "passed"

    return blueprint


def test_a_request_above_the_limit_is_429_and_says_when_to_come_back(make_site) -> None:
    site = make_site(throttled())
    client = site.client()
    assert [client.get("/booking/try").status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/booking/try").headers["Retry-After"] == "60"
    site.clock.advance(MINUTE)
    assert client.get("/booking/try").status_code == 200


def test_the_setting_scales_every_limit(make_site) -> None:
    client = make_site(throttled(), rate_limit_scale=2.5).client()
    assert [client.get("/booking/try").status_code for _ in range(6)] == [200] * 5 + [429]


def test_a_counter_does_not_say_whose_it_is(make_site) -> None:
    site = make_site(throttled())
    site.client().get("/booking/try")
    raw = site.database.engine.raw_connection()
    rows = raw.cursor().execute("SELECT key FROM rate_limit").fetchall()
    raw.close()
    assert len(rows) == 1
    assert "nora" not in rows[0][0].lower()


def test_several_are_counted_together_and_looked_at_without_counting(make_site) -> None:
    site = make_site()
    nora, wren = Counter("k", "nora", MINUTE), Counter("k", "wren", HOUR)
    with site.app.app_context(), site.database.transaction() as session:
        assert tally(session, nora, wren, now=START) == [1, 1]
        assert tally(session, nora, now=START) == [2]
        later = START + 2 * MINUTE
        assert tally(session, wren, nora, now=later) == [2, 1]
        for _ in range(2):
            assert tallied(session, nora, wren, now=later) == [(1, 0), (2, 0)]
            assert tallied(session, nora, wren, windows=2, now=later) == [(1, 2), (2, 0)]
        assert tallied(session, nora, windows=9, now=START + 12 * MINUTE) == [(0, 0)]
