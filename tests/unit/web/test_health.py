"""What machines and operators are told."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from shared.db.common import audit_log, common, inbox, outbox
from shared.heartbeat import beat
from shared.service import Service
from shared.web import health
from tests.unit.web.conftest import START, Site


def seen(site: Site, ago: timedelta) -> None:
    with site.database.transaction() as session:
        beat(session, "consumer", START - ago)


def test_alive_asks_nothing_else(site: Site) -> None:
    site.database.dispose()
    answer = site.client().get("/booking/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "alive"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_ready_lists_each_check(site: Site) -> None:
    seen(site, timedelta(seconds=59))
    answer = site.client().get("/booking/readyz")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "ready",
        "checks": {"database": {"ok": True, "wrong": []}, "bus": {"ok": True, "wrong": []}},
    }


def test_not_ready_says_what_is_wrong(site: Site) -> None:
    answer = site.client().get("/booking/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["checks"]["bus"]["wrong"] == ["the consumer has never run"]
    seen(site, timedelta(seconds=90))
    answer = site.client().get("/booking/readyz")
    assert answer.get_json()["checks"]["bus"]["wrong"] == ["the consumer was last seen 90 s ago"]


def test_ready_waits_for_migrations_and_seeding(site: Site, monkeypatch) -> None:
    seen(site, timedelta())
    problems, waiting = ["no consultant yet"], [True]
    monkeypatch.setattr(health, "pending", lambda _database, _scripts: waiting[0])
    service = Service(
        name="booking",
        database=site.database,
        app=site.app,
        subscriptions={},
        jobs=(),
        migrations=Path("nowhere"),
        metadata=common,
        ready=lambda: problems,
    )
    health.watch(service)
    checks = site.client().get("/booking/readyz").get_json()["checks"]
    assert checks["migrations"]["wrong"] == ["migrations are waiting: run grip migrate"]
    assert checks["seeding"]["wrong"] == ["no consultant yet"]
    waiting[0] = False
    problems.clear()
    assert site.client().get("/booking/readyz").status_code == 200


def test_metrics_count_by_rule_and_never_by_path(site: Site) -> None:
    client = site.client()
    client.get("/booking/m/secret-token")
    client.get("/booking/nothing")
    text = client.get("/booking/metrics").text
    line = 'grip_http_requests_total{endpoint="pages.personal",method="GET",service="booking"'
    assert line in text
    assert "secret-token" not in text
    assert 'endpoint="none"' in text


def test_metrics_tell_how_far_events_are_behind(failed: Site) -> None:
    text = failed.client().get("/booking/metrics").text
    assert "grip_outbox_unsent 1.0" in text
    assert "grip_outbox_lag_seconds 75.0" in text
    assert "grip_inbox_dead 1.0" in text


@pytest.fixture
def failed(site: Site) -> Site:
    row = {
        "event_id": "e1",
        "type": "consult.booked",
        "source": "/booking",
        "subject": "consult/c1",
        "status": "dead",
        "attempts": 8,
        "received_at": START,
        "error": "KeyError",
    }
    unsent = {
        "event_id": "o1",
        "type": "consult.booked",
        "subject": "consult/c2",
        "envelope": "{}",
        "created_at": START - timedelta(seconds=75),
        "available_at": START - timedelta(seconds=75),
    }
    with site.database.transaction() as session:
        session.execute(insert(inbox).values(row))
        session.execute(insert(outbox).values(unsent))
    site.hire()
    return site


def status_of(site: Site) -> str:
    with site.database.reading() as session:
        return str(session.execute(select(inbox.c.status)).scalar_one())


def act(site: Site, verb: str, event: str = "e1"):
    client = site.staff_client()
    data = {"csrf_token": site.token(client)}
    return client.post(f"/booking/operations/{event}/{verb}", data=data)


def test_operators_see_what_waits_and_what_failed(failed: Site) -> None:
    page = failed.staff_client().get("/booking/operations/").text
    assert "consult/c1" in page
    assert "Given up" in page
    assert "<dt>seconds behind</dt><dd>75</dd>" in page


def test_an_empty_list_says_so(site: Site) -> None:
    site.hire()
    assert "Every event was handled." in site.staff_client().get("/booking/operations/").text


@pytest.mark.parametrize(("verb", "status"), [("retry", "failed"), ("drop", "dropped")])
def test_an_operator_acts_and_it_is_audited(failed: Site, verb: str, status: str) -> None:
    answer = act(failed, verb)
    assert answer.headers["Location"] == "/booking/operations/"
    assert status_of(failed) == status
    with failed.database.reading() as session:
        lines = session.execute(select(audit_log.c.actor, audit_log.c.action, audit_log.c.subject))
        assert [tuple(line) for line in lines] == [("staff:s1", f"event.{verb}", "event:e1")]


def test_an_unknown_event_is_404_and_nothing_is_audited(failed: Site) -> None:
    assert act(failed, "drop", "e9").status_code == 404
    with failed.database.reading() as session:
        assert session.execute(select(audit_log.c.id)).all() == []


def test_coordinators_do_not_operate(failed: Site) -> None:
    failed.hire(roles=("coordinator",))
    assert failed.staff_client().get("/booking/operations/").status_code == 403
    assert act(failed, "drop").status_code == 403
    assert status_of(failed) == "dead"


def test_reading_changes_nothing(failed: Site) -> None:
    assert failed.staff_client().get("/booking/operations/e1/drop").status_code == 405
    assert status_of(failed) == "dead"
