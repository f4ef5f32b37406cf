"""A member of staff who goes from page to page, on any database, perhaps as a consultant."""

import re
from html import unescape
from typing import Any

from flask.testing import FlaskClient

from services.booking.domain.ids import ConsultantId
from services.booking.tables import ConsultantRow
from services.booking.use_cases.open_feed import open_feed
from shared.events import StaffChanged
from shared.service import Service
from shared.staff import apply_staff_changed
from shared.web.context import WebContext
from shared.web.cookie import NAME, StaffCookie
from tests.integration.booking.office import NOW


class Desk:
    """Opens pages and sends the forms on them; `page` is the last answer, `status` its status."""

    def __init__(self, site: Service, *roles: str, staff_id: str = "s1") -> None:
        hire(site, staff_id, *roles)
        context: WebContext = site.app.extensions["grip"]
        self.site = site
        self.client: FlaskClient = site.app.test_client()
        cookie = StaffCookie(staff_id, f"sid-{staff_id}", 1, context.clock.now())
        self.client.set_cookie(NAME, cookie.sign(context.settings.secret_for("staff-cookie")))
        self.page, self.status = "", 0

    def get(self, path: str) -> str:
        return self._take(self.client.get(path, follow_redirects=True))

    def post(self, path: str, form_at: str, **fields: str) -> str:
        """Send this form, found on another page."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(form_at))
        assert found is not None, self.page
        sent = {"csrf_token": found.group(1), **fields}
        return self._take(self.client.post(path, data=sent, follow_redirects=True))

    def value(self, name: str) -> str:
        """What stands in the input of this name."""
        found = re.search(f'<input[^>]* name="{name}"[^>]* value="([^"]*)"', self.page)
        assert found is not None, name
        return found.group(1)

    def _take(self, response: Any) -> str:
        self.status = response.status_code
        self.page = unescape(response.get_data(as_text=True))
        return self.page


def hire(
    site: Service, staff_id: str, *roles: str, name: str = "Nora", active: bool = True
) -> None:
    """Let booking know this member of staff."""
    staff = StaffChanged(
        sequence=1,
        staff_id=staff_id,
        email=f"{staff_id}@example.org",
        name=name,
        timezone="America/New_York",
        locale="en",
        roles=roles,
        qualifications=(),
        active=active,
    )
    site.database.run(lambda session: apply_staff_changed(session, staff))


def link(site: Service, consultant_id: str, staff_id: str | None) -> None:
    """Let the consultant be this member of staff."""

    def work(session: Any) -> None:
        session.get_one(ConsultantRow, consultant_id).staff_id = staff_id

    site.database.run(work)


def feed_of(site: Service, consultant_id: str) -> str:
    """The token of a new secret address of this consultant's calls."""
    keys = site.app.extensions["grip_booking_keys"]
    who = ConsultantId(consultant_id)
    site.database.run(lambda s: open_feed(s, who, keys=keys, actor="system", now=NOW))
    with site.database.reading() as session:
        nonce = session.get_one(ConsultantRow, consultant_id).feed_nonce
    assert nonce is not None
    return keys.feed_token(who, nonce)
