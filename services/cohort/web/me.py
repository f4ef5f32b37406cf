"""A person's own page, behind the link in their messages."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from services.cohort.queries.me import get_my_page
from services.cohort.web import words
from services.cohort.web.context import keys
from shared.web.app import now, web
from shared.web.auth import public
from shared.web.hosts import client_address
from shared.web.limits import throttle

pages = Blueprint("cohort_me", __name__)


@pages.get("/cohort/me/<token>")
@public(personal=True)
def show(token: str) -> ResponseReturnValue:
    """Their dates, the place and our number; an unknown token gets the page for dead links."""
    throttle("me", client_address(), limit=60, per=timedelta(minutes=1))
    with web().database.reading() as session:
        mine = get_my_page(session, token, keys=keys(), now=now())
    return render_template("cohort/me.html", mine=mine, words=words)
