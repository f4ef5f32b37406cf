"""Signing in, going on, and signing out."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.cohort.domain.errors import LinkNotValid, NotFound, WrongPassword
from services.cohort.store.staff import link_opens
from services.cohort.use_cases.check_password import check_password
from services.cohort.use_cases.consume_sign_in_link import consume_sign_in_link
from services.cohort.use_cases.renew_sign_in import renew_sign_in
from services.cohort.use_cases.sign_out import sign_out
from services.cohort.use_cases.start_sign_in import SignIn, start_sign_in
from services.cohort.web.account import has_password
from services.cohort.web.context import keys
from shared import audit
from shared.web.app import now, web
from shared.web.auth import (
    HOME,
    SIGN_IN,
    clear_cookie,
    issue_cookie,
    presented,
    public,
    safe_next,
)
from shared.web.hosts import client_address
from shared.web.limits import throttle

pages = Blueprint("cohort_sign_in", __name__)
_WINDOW = timedelta(minutes=5)
_FROM_ONE_ADDRESS, _FOR_ONE_EMAIL = 30, 10


@pages.get("/cohort/sign-in")
@public(personal=True)
def show() -> ResponseReturnValue:
    """The form; with a link's token, one button, since a GET (a mail scanner's too) changes
    nothing.
    """
    token = request.args.get("token", "")
    if not token:
        return _form()
    throttle("sign-in-link", client_address(), limit=_FROM_ONE_ADDRESS, per=_WINDOW)
    with web().database.reading() as session:
        opens = link_opens(session, token, keys=keys(), now=now())
    if not opens and presented() is not None:
        return redirect(_next())
    if not opens:
        return _form(problem="This link no longer works. Sign in below, or ask for a new one."), 404
    return render_template("cohort/sign_in_link.html", token=token, next=_next())


@pages.post("/cohort/sign-in")
@public(personal=True)
def enter() -> ResponseReturnValue:
    """Sign in by link or by password; 401 with the page when the password is wrong."""
    token = request.form.get("token", "")
    try:
        signed = _by_link(token) if token else _by_password()
    except LinkNotValid as refused:
        if presented() is not None:  # the same press twice
            return redirect(_next())
        return _form(problem=str(refused)), 404
    except WrongPassword as refused:
        _audit_refusal()
        return _form(problem=str(refused)), 401
    if token and not has_password(signed.staff_id):
        flash("You are signed in. Choose a password under your name, for the next time.")
    return _signed_in(signed, to=_next())


@pages.get("/cohort/renew")
@public(personal=True)
def renew() -> ResponseReturnValue:
    """Make the cookie new for a sign-in that still stands, and go back to where one was."""
    to = safe_next(request.args.get("next"))
    found = presented()
    if found is None:
        return redirect(f"{SIGN_IN}?{urlencode({'next': to})}")
    cookie, at = found[0], now()
    try:
        signed = web().database.run(
            lambda session: renew_sign_in(
                session, cookie.staff_id, sid=cookie.sid, epoch=cookie.epoch, now=at
            )
        )
    except (LinkNotValid, NotFound):
        response = make_response(redirect(f"{SIGN_IN}?{urlencode({'next': to})}"))
        clear_cookie(response)
        return response
    return _signed_in(signed, to=to)


@pages.post("/cohort/sign-out")
@public(personal=True)
def leave() -> ResponseReturnValue:
    """End this sign-in in every service; without one, only the cookie goes."""
    found, at = presented(), now()
    if found is not None:
        cookie = found[0]
        web().database.run(
            lambda session: sign_out(session, cookie.staff_id, sid=cookie.sid, now=at)
        )
    response = make_response(redirect(SIGN_IN))
    clear_cookie(response)
    return response


def _by_link(token: str) -> SignIn:
    throttle("sign-in-link", client_address(), limit=_FROM_ONE_ADDRESS, per=_WINDOW)
    known, at = keys(), now()
    return web().database.run(
        lambda session: consume_sign_in_link(session, token, keys=known, now=at)
    )


def _by_password() -> SignIn:
    """The password is checked outside the transaction that begins the sign-in: it takes a while."""
    email, password = request.form.get("email", "")[:254], request.form.get("password", "")[:1000]
    throttle("sign-in", client_address(), limit=_FROM_ONE_ADDRESS, per=_WINDOW)
    throttle("sign-in-email", keys().email_digest(email), limit=_FOR_ONE_EMAIL, per=_WINDOW)
    with web().database.reading() as session:
        staff_id = check_password(session, email, password, keys=keys())
    at = now()
    return web().database.run(
        lambda session: start_sign_in(session, staff_id, method="password", now=at)
    )


def _signed_in(signed: SignIn, *, to: str) -> Response:
    response = make_response(redirect(to))
    issue_cookie(response, staff_id=signed.staff_id, sid=signed.sid, epoch=signed.epoch)
    return response


def _next() -> str:
    return safe_next(request.values.get("next"), HOME)


def _form(problem: str = "") -> str:
    return render_template(
        "cohort/sign_in.html",
        email=request.form.get("email", "")[:254],
        next=_next(),
        problem=problem,
        errors={"email": problem} if problem else {},
    )


def _audit_refusal() -> None:
    at = now()
    web().database.run(
        lambda session: audit.record(
            session, actor="anonymous", action="sign_in.refused", subject="sign-in", now=at
        )
    )
