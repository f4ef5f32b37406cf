"""The page that shows what has not been sent or handled, and lets an operator act on it."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shared import audit
from shared.bus import dead
from shared.web.access import allow
from shared.web.auth import actor
from shared.web.context import now, web
from shared.web.health import beats
from shared.web.permissions import Action

SERVICES = ("booking", "cohort", "notify")


def install(app: Flask) -> None:
    """Serve `/<service>/operations/`."""
    service = app.extensions["grip"].name
    blueprint = Blueprint("operations", __name__, url_prefix=f"/{service}/operations")
    blueprint.get("/")(overview)
    blueprint.post("/<event_id>/retry")(retry)
    blueprint.post("/<event_id>/drop")(drop)
    app.register_blueprint(blueprint)


@allow(Action.OPERATE)
def overview() -> str:
    """What waits in this service, and the events that failed."""
    with web().database.reading() as session:
        events = dead.list_dead(session)
        waiting = dead.backlog(session, now())
    ages = {name: int(age.total_seconds()) for name, age in sorted(beats(now()).items())}
    oldest = waiting.oldest_unsent
    return render_template(
        "operations.html",
        events=events,
        waiting=waiting,
        lag_s=int((now() - oldest).total_seconds()) if oldest else 0,
        ages=ages,
        services=SERVICES,
    )


@allow(Action.OPERATE)
def retry(event_id: str) -> ResponseReturnValue:
    """Try one event again, now."""
    _act("retry", event_id, dead.retry)
    flash("It will be tried again within a second.")
    return redirect(url_for("operations.overview"))


@allow(Action.OPERATE)
def drop(event_id: str) -> ResponseReturnValue:
    """Give one event up for good."""
    _act("drop", event_id, dead.drop)
    flash("It is dropped. It will not be tried again.")
    return redirect(url_for("operations.overview"))


def _act(verb: str, event_id: str, act: Callable[[Session, str, datetime], None]) -> None:
    who, at = actor(), now()

    def work(session: Session) -> None:
        act(session, event_id, at)
        audit.record(
            session, actor=who, action=f"event.{verb}", subject=f"event:{event_id}", now=at
        )

    web().database.run(work)
