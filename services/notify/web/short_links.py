"""Short links in texts. A GET changes nothing: link previews follow links too."""

from __future__ import annotations

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from services.notify.store.links import find_target
from shared.web.access import public
from shared.web.context import web
from shared.web.errors import LinkNotValid

pages = Blueprint("short_links", __name__)


@pages.get("/r/<token>")
@public(personal=True)
def follow(token: str) -> ResponseReturnValue:
    """To the page of ours that the link stands for."""
    with web().database.reading() as session:
        target = find_target(session, token) if len(token) == 22 else None
    if target is None or not target.startswith("/") or target.startswith(("//", "/\\")):
        raise LinkNotValid
    return redirect(target, code=302)
