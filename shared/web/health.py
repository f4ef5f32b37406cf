"""What machines ask of a service (is it alive, is it ready, what has it done), and privacy."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from shared.bus.dead import backlog
from shared.db.common import heartbeat
from shared.db.migrate import pending
from shared.service import Service
from shared.web.access import allow, public
from shared.web.context import now, web
from shared.web.hosts import from_loopback
from shared.web.permissions import Action

Check = Callable[[], list[str]]
"""Says what is wrong, in words; empty when nothing is."""

_BEAT = timedelta(seconds=60)


def install(app: Flask) -> None:
    """Serve `/<service>/healthz`, `/readyz`, `/metrics` and `/privacy`."""
    service = app.extensions["grip"].name
    app.extensions["grip_checks"] = {"database": _database, "bus": _bus}
    blueprint = Blueprint("health", __name__, url_prefix=f"/{service}")
    blueprint.get("/healthz")(healthz)
    blueprint.get("/readyz")(readyz)
    blueprint.get("/metrics")(metrics)
    blueprint.get("/privacy")(privacy)
    app.register_blueprint(blueprint)


def watch(service: Service) -> None:
    """Let `/readyz` also ask whether the service's migrations are applied and it is seeded."""
    applied = threading.Event()

    def migrations() -> list[str]:
        if not applied.is_set():
            if pending(service.database, service.migrations):
                return ["migrations are waiting: run grip migrate"]
            applied.set()
        return []

    service.app.extensions["grip_checks"].update(migrations=migrations, seeding=service.ready)


@public
def healthz() -> Response:
    """The process answers; nothing else is asked."""
    return _uncached(jsonify(status="alive"))


@public
def readyz() -> Response:
    """Each check with what is wrong; 503 while anything is."""
    found = {name: _ask(check) for name, check in current_app.extensions["grip_checks"].items()}
    well = not any(found.values())
    body = {
        "status": "ready" if well else "not ready",
        "checks": {name: {"ok": not wrong, "wrong": wrong} for name, wrong in found.items()},
    }
    response = jsonify(body)
    response.status_code = 200 if well else 503
    return _uncached(response)


@allow(Action.OPERATE, unless=from_loopback)
def metrics() -> Response:
    """Prometheus's text; to this machine itself, or to whoever operates Grip."""
    at = now()
    with web().database.reading() as session:
        found = backlog(session, at)
    lag = (at - found.oldest_unsent).total_seconds() if found.oldest_unsent else 0.0
    gauges = current_app.extensions["grip_waiting"]
    gauges["grip_outbox_unsent"].set(found.unsent)
    gauges["grip_outbox_lag_seconds"].set(lag)
    gauges["grip_inbox_failed"].set(found.failed)
    gauges["grip_inbox_dead"].set(found.dead)
    text = generate_latest(current_app.extensions["grip_metrics"])
    return Response(text, content_type=CONTENT_TYPE_LATEST)


@public
def privacy() -> str:
    """What the pages keep about a visitor; every public page links here."""
    return render_template("privacy.html")


def beats(at: datetime) -> dict[str, timedelta]:
    """How long ago each worker loop of this service last gave a sign of life."""
    with web().database.reading() as session:
        rows = session.execute(select(heartbeat.c.name, heartbeat.c.at)).all()
    return {row.name: at - row.at for row in rows}


def _database() -> list[str]:
    web().database.ping()
    return []


def _bus() -> list[str]:
    age = beats(now()).get("consumer")
    if age is None:
        return ["the consumer has never run"]
    return [] if age < _BEAT else [f"the consumer was last seen {int(age.total_seconds())} s ago"]


def _ask(check: Check) -> list[str]:
    try:
        return check()
    except SQLAlchemyError as error:
        return [f"the database does not answer ({type(error).__name__})"]


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
