"""What staff give when they book a call for somebody."""

from collections.abc import Mapping
from typing import Literal

from services.booking.domain.consult import Meeting
from services.booking.domain.person import ContactBy, Details
from services.booking.web.schemas import Email, Given, Instant, Name, Phone, Zone

_NEITHER = "Enter an email or a phone number, so that we can reach them."
_NO_PHONE = "Enter a phone number to call, or choose video."
_NO_EMAIL = "Enter an email, where the link to the video call goes, or choose phone."
_NO_NUMBER = "Enter a phone number to text, or leave this empty."


def unreachable(said: Mapping[str, str], *, texts: bool) -> dict[str, str]:
    """What is missing to reach them in the way that was chosen, by field."""
    email, phone = "email" in said, "phone" in said
    wrong = {}
    if not email and not phone:
        wrong["email"] = _NEITHER
    elif said.get("meeting") == "phone" and not phone:
        wrong["phone"] = _NO_PHONE
    elif said.get("meeting") == "video" and not email:
        wrong["email"] = _NO_EMAIL
    if texts and not phone:
        wrong.setdefault("phone", _NO_NUMBER)
    return wrong


class StaffBookRequest(Given):
    """A call for somebody. `consultant` and `person` are ids, or empty: anyone, somebody new."""

    start: Instant
    name: Name
    email: Email | None = None
    phone: Phone | None = None
    timezone: Zone
    locale: Literal["en", "es"]
    meeting: Literal["phone", "video"]
    sms_consent: bool = False
    consultant: str = ""
    person: str = ""

    def details(self) -> Details:
        """What they said about themselves, to whoever books."""
        return Details(
            name=self.name,
            email=self.email,
            phone=self.phone,
            timezone=self.timezone,
            locale=self.locale,
            sms_consent=self.sms_consent,
            contact_by=self._contact_by(),
        )

    def _contact_by(self) -> ContactBy:
        if self.email is not None:
            return ContactBy.EMAIL
        return ContactBy.TEXT if self.sms_consent else ContactBy.PHONE

    def way(self) -> Meeting:
        """How they want to meet."""
        return Meeting(self.meeting)

    def canonical(self) -> str:
        """One text for the same request, however it was written."""
        return self.model_dump_json()
