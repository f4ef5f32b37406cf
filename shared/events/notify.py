"""Events that notify publishes."""

from typing import ClassVar, Literal

from shared.events.base import FactEvent, StateEvent

Channel = Literal["sms", "email"]


class MessageOutcome(FactEvent):
    """What became of one message."""

    SUBJECT: ClassVar[str] = "message:message_id"
    message_id: str
    person_id: str
    purpose: str
    source_id: str | None = None
    revision: int | None = None
    channel: Channel
    reason: str | None = None


class MessageDelivered(MessageOutcome):
    """A message reached the person's carrier or mail server."""

    TYPE: ClassVar[str] = "message.delivered"


class MessageFailed(MessageOutcome):
    """A message could not be delivered."""

    TYPE: ClassVar[str] = "message.failed"


class ReplyReceived(FactEvent):
    """A person answered a text."""

    TYPE: ClassVar[str] = "reply.received"
    SUBJECT: ClassVar[str] = "reply:reply_id"
    reply_id: str
    person_id: str
    source_id: str | None = None
    revision: int | None = None
    intent: Literal["confirm", "ride_arranged", "opt_out", "other"]
    urgent: bool = False


class OptState(StateEvent):
    """Whether a phone number may be texted."""

    SUBJECT: ClassVar[str] = "phone:phone_hash"
    phone_hash: str
    person_ids: tuple[str, ...]
    channel: Channel = "sms"


class ContactOptedOut(OptState):
    """The owner of a phone number asked for no more texts."""

    TYPE: ClassVar[str] = "contact.opted_out"


class ContactOptedIn(OptState):
    """The owner of a phone number sent START."""

    TYPE: ClassVar[str] = "contact.opted_in"
