"""Values and events about people that more than one service publishes."""

from typing import ClassVar, Literal

from pydantic import Field

from shared.events.base import FactEvent, Instant, StateEvent, Value, Zone


class SmsConsent(Value):
    """Whether this person agreed to texts, and the evidence for it."""

    granted: bool
    text_version: str | None = None
    method: str | None = None
    at: Instant | None = None


class Contact(Value):
    """How a person is reached. Booking owns it until *qualified*, cohort from then on."""

    person_id: str
    version: int = Field(ge=1)
    """Grows with every change, over both owners; the highest known version holds."""
    name: str
    email: str | None
    phone: str | None
    """E.164."""
    timezone: Zone
    locale: str
    sms_consent: SmsConsent


class ContactUpdated(StateEvent):
    """A person's contact data changed."""

    TYPE: ClassVar[str] = "contact.updated"
    SUBJECT: ClassVar[str] = "person:person_id"
    person_id: str
    person: Contact


class PersonMerged(FactEvent):
    """Two records were the same person; `from_id` is now known as `into_id`."""

    TYPE: ClassVar[str] = "person.merged"
    SUBJECT: ClassVar[str] = "person:into_id"
    into_id: str
    from_id: str


class PersonErased(FactEvent):
    """A person's data has been erased and may not come back."""

    TYPE: ClassVar[str] = "person.erased"
    SUBJECT: ClassVar[str] = "person:person_id"
    person_id: str


class NoticeRequested(FactEvent):
    """A service asks notify to send one message with a link."""

    TYPE: ClassVar[str] = "notice.requested"
    SUBJECT: ClassVar[str] = "notice:notice_id"
    notice_id: str
    recipient: Contact | None = None
    staff_id: str | None = None
    template: str
    url: str | None = None
    expires_at: Instant | None = None
    starts_at: Instant | None = None
    """The time that it is about, if it is about one."""


class StaffAlerted(FactEvent):
    """Something needs a member of staff. Holds no health data."""

    TYPE: ClassVar[str] = "staff.alerted"
    SUBJECT: ClassVar[str] = "alert:alert_id"
    alert_id: str
    roles: tuple[str, ...]
    severity: Literal["info", "warning", "urgent"]
    title: str
    url: str | None = None
