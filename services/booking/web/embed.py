"""The times on offer, within the practice's own site; and where staff find what to paste there.

A browser sends no cookie of ours from a frame on another site, so no form is sent from within it:
it only lets people choose a time, by GET. The form opens in place of that site, at our own address.
"""

from pathlib import Path

from flask import Blueprint, Response, render_template, send_from_directory
from flask.typing import ResponseReturnValue

from services.booking.web import wording
from services.booking.web.choosing import asked_zone, choice
from shared.web.access import allow, public
from shared.web.context import web
from shared.web.hosts import public_url
from shared.web.permissions import Action

embed = Blueprint("embed", __name__, url_prefix="/booking")

STATIC = Path(__file__).parent / "static"
_A_DAY_S = 24 * 3600
_SCRIPT = '<script async src="{}"></script>'
_FRAME = '<iframe src="{}" title="Choose a time to talk" width="100%" height="1200"></iframe>'


@embed.get("/embed")
@public(framed=True)
def choose() -> ResponseReturnValue:
    """Choose a time, within a page of one of the sites that may show it."""
    settings = web().settings
    tz = asked_zone(settings.practice_timezone)
    return render_template(
        "embed.html", offer=choice(tz), zones=wording.zones(tz), sites=settings.embed_origins
    )


@embed.get("/embed.js")
@public
def script() -> Response:
    """What a site loads to show the times; any site may, and is then refused the times or not."""
    response = send_from_directory(STATIC, "embed.js", max_age=_A_DAY_S)
    response.headers["Cache-Control"] = f"public, max-age={_A_DAY_S}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@embed.get("/staff/embed")
@allow(Action.MANAGE_AVAILABILITY)
def staff_page() -> ResponseReturnValue:
    """What to paste into the practice's own site, and which sites may show the times."""
    home = public_url("pages.choose")
    return render_template(
        "embed_staff.html",
        sites=web().settings.embed_origins,
        script=_SCRIPT.format(public_url("embed.script")),
        frame=_FRAME.format(public_url("embed.choose", lang="en")),
        link=home,
        spanish=public_url("pages.choose", lang="es"),
    )
