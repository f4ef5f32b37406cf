"""People who may be the same: staff compare them, and make them one or tell them apart."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.booking.domain.errors import CannotMerge, UnknownPerson
from services.booking.domain.person import Person
from services.booking.queries.duplicates import possible_duplicates
from services.booking.use_cases.merge_people import merge_people
from services.booking.use_cases.tell_apart import tell_apart
from services.booking.web.context import keys
from shared.web.auth import actor, allow, current_staff
from shared.web.context import now, web
from shared.web.permissions import Action

staff_people = Blueprint("staff_people", __name__, url_prefix="/booking/staff/people")

MOST = 20
"""People who are made one at once."""


@staff_people.get("")
@allow(Action.MANAGE_CONSULTS)
def index() -> ResponseReturnValue:
    """Groups of people with the same email or phone, to compare."""
    with web().database.reading() as session:
        groups = possible_duplicates(session)
    return render_template("staff_people.html", groups=groups, tz=current_staff().timezone)


@staff_people.post("/merge")
@allow(Action.MANAGE_CONSULTS)
def merge() -> ResponseReturnValue:
    """Let the chosen record stay, and everything of the others go on under it."""
    into = request.form.get("into", "")[:36]
    same = [each[:36] for each in request.form.getlist("same")[:MOST] if each != into]
    who, at = actor(), now()

    def work(session: Session) -> list[Person]:
        return [
            merge_people(session, into, each, actor=who, keys=keys(), now=at)
            for each in dict.fromkeys(same)
        ]

    if not into or not same:
        flash("Choose the record that stays, and which other is the same person.")
        return _back()
    try:
        kept = web().database.run(work)
        flash(f"They are one record now: {kept[-1].name}.")
    except (CannotMerge, UnknownPerson) as refused:
        flash(str(refused))
    return _back()


@staff_people.post("/apart")
@allow(Action.MANAGE_CONSULTS)
def apart() -> ResponseReturnValue:
    """Keep that these are different people."""
    ids = [each[:36] for each in request.form.getlist("person")[:MOST]]
    who, at = actor(), now()
    web().database.run(lambda s: tell_apart(s, ids, actor=who, keys=keys(), now=at))
    flash("They are kept as different people.")
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(url_for("staff_people.index"), 303)
