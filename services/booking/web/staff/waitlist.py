"""Who waits for a time, for staff to see; and taking somebody off the list."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.booking.domain.waitlist import Waiting
from services.booking.queries.waitlist import everyone_waiting
from services.booking.store.waitlist import get_entry
from services.booking.use_cases.leave_waitlist import remove_from_waitlist
from services.booking.web import wishes
from services.booking.web.context import keys
from shared.web.auth import actor, allow, current_staff
from shared.web.context import now, web
from shared.web.permissions import Action

staff_waitlist = Blueprint("staff_waitlist", __name__, url_prefix="/booking/staff/waitlist")

SHOWN = 200


@staff_waitlist.get("")
@allow(Action.VIEW_CONSULTS)
def index() -> ResponseReturnValue:
    """Those who wait, in order, with what is kept for them; last, who has not confirmed."""
    with web().database.reading() as session:
        places = everyone_waiting(session, now(), limit=SHOWN + 1)
    return render_template(
        "staff_waitlist.html",
        places=[
            (place, "; ".join(wishes.in_words(place.entry.windows))) for place in places[:SHOWN]
        ],
        waiting=sum(place.entry.status is not Waiting.ASKED for place in places[:SHOWN]),
        more=len(places) > SHOWN,
        tz=current_staff().timezone,
        at=now(),
    )


@staff_waitlist.post("/<entry_id>/remove")
@allow(Action.MANAGE_CONSULTS)
def remove(entry_id: str) -> ResponseReturnValue:
    """Take somebody off the list; who did it is recorded."""
    at, who = now(), actor()

    def work(session: Session) -> str:
        entry = get_entry(session, entry_id)
        remove_from_waitlist(session, entry, actor=who, keys=keys(), now=at)
        return entry.given.name

    name = web().database.run(work)
    flash(f"{name} is off the waitlist.")
    return redirect(url_for("staff_waitlist.index"), 303)
