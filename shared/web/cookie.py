"""The staff cookie: who signed in, in which sign-in, and when that was last confirmed."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

NAME = "grip_staff"
RENEW_AFTER = timedelta(minutes=5)
"""A page asked for with an older cookie goes by way of cohort, which renews it."""
GOOD_FOR = timedelta(minutes=10)
"""So long a form is accepted whatever the state of the replica."""
LONGEST = timedelta(hours=12)
"""No form is accepted with an older cookie."""
_SKEW = timedelta(minutes=1)  # clocks of two machines may differ by so much


@dataclass(frozen=True, slots=True)
class StaffCookie:
    """What the cookie says; worth nothing before `read` has checked the signature."""

    staff_id: str
    sid: str
    """The sign-in (one per browser), so that it can be ended alone."""
    epoch: int
    """The member of staff's epoch when the cookie was issued."""
    issued: datetime
    """Aware UTC, to the second."""

    def sign(self, secret: str) -> str:
        """The cookie's text."""
        issued = int(self.issued.timestamp())
        return str(_signer(secret).dumps([self.staff_id, self.sid, self.epoch, issued]))

    def age(self, now: datetime) -> timedelta | None:
        """How old it is at `now`; `None` when it comes from the future."""
        age = now - self.issued
        return None if age < -_SKEW else age


def read(text: str, secret: str) -> StaffCookie | None:
    """The cookie in `text`, unless it is forged or broken."""
    try:
        staff_id, sid, epoch, issued = _signer(secret).loads(text)
        at = datetime.fromtimestamp(issued, UTC)
    except (BadData, ValueError, TypeError, OverflowError):
        return None
    if not (isinstance(staff_id, str) and isinstance(sid, str) and isinstance(epoch, int)):
        return None
    return StaffCookie(staff_id=staff_id, sid=sid, epoch=epoch, issued=at)


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        secret,
        salt=NAME,
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )
