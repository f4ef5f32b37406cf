"""One's own account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.cohort.domain.errors import Invalid, WrongPassword
from services.cohort.store.staff import get_staff
from services.cohort.use_cases.check_password import check_password
from services.cohort.use_cases.set_password import SHORTEST, hash_password, set_password
from services.cohort.web.context import keys
from shared.web.app import now, web
from shared.web.auth import allow, current_staff, issue_cookie, presented
from shared.web.limits import throttle
from shared.web.permissions import Action

pages = Blueprint("cohort_account", __name__)


@pages.get("/cohort/account")
@allow(Action.MANAGE_ACCOUNT)
def show() -> ResponseReturnValue:
    """Who is signed in, and the form for a password."""
    return _page({})


@pages.post("/cohort/account/password")
@allow(Action.MANAGE_ACCOUNT)
def change() -> ResponseReturnValue:
    """Set the password; every other sign-in of this person ends."""
    staff, found = current_staff(), presented()
    throttle("password", staff.staff_id, limit=10, per=timedelta(minutes=5))
    try:
        if has_password(staff.staff_id):
            _check_current(staff.email)
        hashed = hash_password(request.form.get("password", ""))
    except WrongPassword:
        return _page({"current": "This is not your present password."}), 422
    except Invalid as refused:
        return _page(refused.fields), 422
    sid, at = found[0].sid if found else "", now()
    signed = web().database.run(
        lambda session: set_password(session, staff.staff_id, hashed, sid=sid, now=at)
    )
    flash("Your password is set. Sign-ins on other devices have ended.")
    response = make_response(redirect("/cohort/account"))
    issue_cookie(response, staff_id=signed.staff_id, sid=sid, epoch=signed.epoch)
    return response


def _check_current(email: str) -> None:
    with web().database.reading() as session:
        check_password(session, email, request.form.get("current", "")[:1000], keys=keys())


def has_password(staff_id: str) -> bool:
    """Whether this member of staff has chosen one."""
    with web().database.reading() as session:
        return get_staff(session, staff_id).password_hash is not None


def _page(errors: Mapping[str, str]) -> str:
    return render_template(
        "cohort/account.html",
        has_password=has_password(current_staff().staff_id),
        shortest=SHORTEST,
        errors=errors,
    )
