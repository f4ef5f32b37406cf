"""A member of staff at a browser."""

import re
from html import unescape

from flask.testing import FlaskClient
from sqlalchemy import select

from services.booking.use_cases.book_consult import Booked, Wanted, book_consult
from shared.db.common import audit_log
from shared.events import StaffChanged
from shared.service import Service
from shared.staff import apply_staff_changed
from shared.web.context import WebContext
from shared.web.cookie import NAME, StaffCookie
from tests.integration.booking.office import NOW, rows


def sign_in(site: Service, *roles: str) -> FlaskClient:
    """A browser of a member of staff with these roles, signed in now."""
    context: WebContext = site.app.extensions["grip"]
    staff = StaffChanged(
        sequence=1,
        staff_id="s1",
        email="nora@example.org",
        name="Nora",
        timezone="America/New_York",
        locale="en",
        roles=roles,
        qualifications=(),
    )
    site.database.run(lambda session: apply_staff_changed(session, staff))
    client = site.app.test_client()
    cookie = StaffCookie("s1", "sid", 1, context.clock.now())
    client.set_cookie(NAME, cookie.sign(context.settings.secret_for("staff-cookie")))
    return client


def the_call(site: Service) -> str:
    with site.database.reading() as session:
        return f"/booking/staff/consults/{rows(session)[0].id}"


def send(client: FlaskClient, path: str, **fields: str) -> tuple[int, str]:
    page = client.get(path).get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    answer = client.post(path, data={"csrf_token": token.group(1), **fields}, follow_redirects=True)
    return answer.status_code, answer.get_data(as_text=True)


def acts(site: Service) -> list[str]:
    with site.database.reading() as session:
        return list(session.scalars(select(audit_log.c.action).order_by(audit_log.c.id)))


def book_here(site: Service, want: Wanted) -> Booked:
    """Book it with the keys of this site, so that it finds the person again."""
    keys = site.app.extensions["grip_booking_keys"]
    return site.database.run(lambda s: book_consult(s, want, keys=keys, now=NOW))


def look(client: FlaskClient, path: str) -> str:
    """The page at this path, as it reads."""
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 200, answer.status_code
    return unescape(answer.get_data(as_text=True))


def press(client: FlaskClient, seen: str, path: str, **fields: object) -> tuple[int, str]:
    """Send a form to `path` that stands on the page `seen`."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(seen).get_data(as_text=True))
    assert token is not None
    sent = {"csrf_token": token.group(1), **fields}
    answer = client.post(path, data=sent, follow_redirects=True)
    return answer.status_code, unescape(answer.get_data(as_text=True))
