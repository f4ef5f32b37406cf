"""Sign-in as every service checks it: the signed cookie against the service's own replica."""

import re
from datetime import datetime, timedelta
from typing import cast
from urllib.parse import urlencode

import structlog
from flask import Response, current_app, g, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from shared import audit
from shared.heartbeat import last_beat
from shared.staff import Staff, find_staff, is_revoked
from shared.web import cookie as cookies
from shared.web.access import Access, access_of, allow, public
from shared.web.context import now, web
from shared.web.cookie import StaffCookie
from shared.web.errors import Refused
from shared.web.permissions import Action, permits

SIGN_IN = "/cohort/sign-in"
RENEW = "/cohort/renew"
HOME = "/cohort/"
_REPLICA_FRESH = timedelta(seconds=60)
_NEXT = re.compile(r"/(?:booking|cohort|notify)/[\w\-.~/%?=&+:,@]*", re.ASCII)
_log = structlog.get_logger("grip.web")


class NotSignedIn(Refused):
    """Nobody is signed in, or not any more."""

    slug = "not-signed-in"


class SignInTooOld(Refused):
    """A form came with a stale cookie while this service cannot tell who was signed out."""

    slug = "sign-in-again"


class NotAllowed(Refused):
    """Whoever is signed in has no role for this."""

    slug = "not-allowed"


def signed_in() -> Staff | None:
    """Whoever is signed in and was let through to this view."""
    return cast("Staff | None", g.get("grip_staff"))


def current_staff() -> Staff:
    """The member of staff who makes this request. Raises `NotSignedIn` when there is none."""
    staff = signed_in()
    if staff is None:
        raise NotSignedIn("Sign in to go on.")
    return staff


def actor() -> str:
    """Who acts, as the audit log says it: "staff:<id>" or "anonymous"."""
    staff = signed_in()
    return f"staff:{staff.staff_id}" if staff else "anonymous"


def allowed(action: Action | str) -> bool:
    """Whether whoever is signed in may do this; for templates that hide what would be refused."""
    staff = signed_in()
    return staff is not None and permits(staff.roles, Action(action))


def gate() -> ResponseReturnValue | None:
    """Let the request through to its view, or answer in its place. The only enforcement there is.

    Raises `NotSignedIn`, `SignInTooOld` or `NotAllowed`.
    """
    if request.endpoint is None:
        return None
    access = access_of(current_app.view_functions[request.endpoint])
    if access is None:
        raise LookupError(f"{request.endpoint} has neither @public nor @allow")
    g.grip_access = access
    if access.action is None:
        return None
    if access.unless is not None and access.unless():
        _recognise()
        return None
    return _require(access.action)


def access() -> Access | None:
    """The mark of the view that this request is for, once the gate has seen it."""
    return cast("Access | None", g.get("grip_access"))


def is_api() -> bool:
    """Whether the path belongs to the JSON API, where cookies mean nothing."""
    return request.path.startswith(f"/{web().name}/api/")


def presented() -> tuple[StaffCookie, Staff] | None:
    """The request's cookie and its owner when it is genuine and not revoked, whatever its age.

    For cohort's view at `/cohort/renew`, which then asks its own record of the sign-in.
    """
    found = cookies.read(request.cookies.get(cookies.NAME, ""), _secret())
    if found is None or found.age(now()) is None:
        return None
    with web().database.reading() as session:
        staff = _owner(session, found)
    return (found, staff) if staff else None


def issue_cookie(response: Response, *, staff_id: str, sid: str, epoch: int) -> None:
    """Sign this browser in, or confirm its sign-in, as of now."""
    cookie = StaffCookie(staff_id=staff_id, sid=sid, epoch=epoch, issued=now())
    secure = web().settings.public_base_url.startswith("https://")
    response.set_cookie(
        cookies.NAME, cookie.sign(_secret()), secure=secure, httponly=True, samesite="Lax"
    )


def clear_cookie(response: Response) -> None:
    """Sign this browser out."""
    secure = web().settings.public_base_url.startswith("https://")
    response.delete_cookie(cookies.NAME, secure=secure, httponly=True, samesite="Lax")


def safe_next(url: str | None, default: str = HOME) -> str:
    """`url` when it is a path of ours, else `default`: never another site."""
    if not url or len(url) > 2000 or not _NEXT.fullmatch(url):
        return default
    path = url.partition("?")[0]
    steps = path.lower().replace("%2e", ".").split("/")
    return default if "%5c" in path.lower() or ".." in steps or "//" in path else url


def _recognise() -> None:
    """Name whoever is signed in on a page that asks nobody to be: its header says so."""
    found = presented() if request.method in ("GET", "HEAD") else None
    if found is not None:
        g.grip_staff = found[1]


def _require(action: Action) -> ResponseReturnValue | None:
    found = None if is_api() else presented()
    if found is None:
        return _send_to_sign_in(action)
    cookie, staff = found
    age = now() - cookie.issued
    reading = request.method in ("GET", "HEAD")
    if reading and age > cookies.RENEW_AFTER:
        return redirect(f"{RENEW}?{urlencode({'next': _here()})}")
    g.grip_staff = staff
    if not permits(staff.roles, action):
        _audit_refusal(action)
        raise NotAllowed("Your role does not include this.")
    if not reading and age > cookies.GOOD_FOR and not _may_still_act(age):
        g.grip_staff = None
        _audit_refusal(action)
        raise SignInTooOld("Sign in again in another tab, then press the button again.")
    return None


def _send_to_sign_in(action: Action) -> ResponseReturnValue:
    _audit_refusal(action)
    if request.method in ("GET", "HEAD") and not is_api():
        return redirect(f"{SIGN_IN}?{urlencode({'next': _here()})}")
    raise NotSignedIn("Sign in to go on.")


def _owner(session: Session, cookie: StaffCookie) -> Staff | None:
    """Whose cookie it is. One of a newer epoch than the replica's was signed since: it is good."""
    staff = find_staff(session, cookie.staff_id)
    if staff is None or not staff.active or cookie.epoch < staff.epoch:
        return None
    return None if is_revoked(session, cookie.sid) else staff


def _may_still_act(age: timedelta) -> bool:
    """A stale cookie may still act while this service hears at once of anyone signed out."""
    return age <= cookies.LONGEST and replica_is_fresh(now())


def replica_is_fresh(at: datetime) -> bool:
    """Whether this service's consumer was alive within the last minute."""
    with web().database.reading() as session:
        beat = last_beat(session, "consumer")
    return beat is not None and at - beat < _REPLICA_FRESH


def _here() -> str:
    return request.full_path.rstrip("?")


def _secret() -> str:
    return web().settings.secret_for("staff-cookie")


def _audit_refusal(action: Action) -> None:
    """Best effort, in a transaction of its own: a refusal stands even when it can't be written."""
    who, what, at = actor(), f"view:{request.endpoint}"[:150], now()
    try:
        web().database.run(
            lambda session: audit.record(
                session, actor=who, action=f"refused:{action}", subject=what, now=at
            )
        )
    except SQLAlchemyError as error:
        _log.warning("refusal not audited", error_type=type(error).__name__)


__all__ = [
    "Staff",
    "StaffCookie",
    "actor",
    "allow",
    "allowed",
    "clear_cookie",
    "current_staff",
    "gate",
    "issue_cookie",
    "presented",
    "public",
    "safe_next",
    "signed_in",
]
