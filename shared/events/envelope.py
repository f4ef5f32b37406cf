"""CloudEvents 1.0: how an event looks on the bus and in the outbox."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from shared.events import CATALOGUE
from shared.events.base import Event, StateEvent

CONTENT_TYPE = "application/cloudevents+json"


class BadEnvelope(Exception):
    """A message that is no event we know: garbage, an unknown type or version, wrong fields."""

    slug = "bad-envelope"


# PostgreSQL's text can't hold NUL, and nothing we name has control characters in it.
_PRINTABLE = r"^[^\x00-\x1f\x7f]+$"


class _Wire(BaseModel):
    """The JSON of an event (CloudEvents 1.0, with `sequence` and `traceparent` extensions)."""

    model_config = ConfigDict(extra="allow")

    specversion: str = Field(pattern=r"^1\.0$")
    id: str = Field(pattern=_PRINTABLE, max_length=64)
    source: str = Field(pattern=_PRINTABLE, max_length=80)
    type: str = Field(pattern=_PRINTABLE, max_length=80)
    time: AwareDatetime
    subject: str = Field(pattern=_PRINTABLE, max_length=160)
    datacontenttype: str = "application/json"
    dataschema: str = Field(pattern=_PRINTABLE, max_length=200)
    sequence: str | None = Field(default=None, pattern=r"^\d{1,18}$")
    traceparent: str | None = None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Envelope:
    """An event with what the bus needs to know of it."""

    id: str
    source: str
    """ "/booking", "/cohort" or "/notify"."""
    time: datetime
    event: Event
    traceparent: str | None = None

    @property
    def type(self) -> str:
        """The event's type, also its routing key."""
        return self.event.TYPE

    @property
    def sequence(self) -> int | None:
        """The state event's sequence; None for a fact."""
        return self.event.sequence if isinstance(self.event, StateEvent) else None

    def to_json(self) -> str:
        """The CloudEvents JSON of this event."""
        wire = _Wire(
            specversion="1.0",
            id=self.id,
            source=self.source,
            type=self.type,
            time=self.time.astimezone(UTC),
            subject=self.event.subject,
            dataschema=schema_of(type(self.event)),
            sequence=None if self.sequence is None else str(self.sequence),
            traceparent=self.traceparent,
            data=self.event.model_dump(mode="json"),
        )
        return wire.model_dump_json(exclude_none=True)


@dataclass(frozen=True, slots=True)
class Identity:
    """The attributes by which an event is known."""

    id: str
    type: str
    source: str
    subject: str


def schema_of(event: type[Event]) -> str:
    """The `dataschema` of an event class, which names its version."""
    return f"/events/{event.TYPE}/{event.VERSION}"


def parse(body: str | bytes) -> Envelope:
    """The envelope in `body`. Raises `BadEnvelope` with a reason that repeats no data."""
    try:
        wire = _Wire.model_validate_json(body)
    except ValidationError as error:
        raise BadEnvelope(f"not a CloudEvents 1.0 event: {_where(error)}") from None
    kind = CATALOGUE.get(wire.type)
    if kind is None:
        raise BadEnvelope(f"unknown event type {wire.type!r}")
    if wire.dataschema != schema_of(kind):
        raise BadEnvelope(f"unknown version {wire.dataschema!r}; known: {schema_of(kind)!r}")
    try:
        event = kind.model_validate(_data(wire, kind))
    except ValidationError as error:
        raise BadEnvelope(f"{wire.type}: {_where(error)}") from None
    if event.subject != wire.subject:
        raise BadEnvelope(f"{wire.type}: subject does not match the data")
    return Envelope(
        id=wire.id, source=wire.source, time=wire.time, event=event, traceparent=wire.traceparent
    )


def identify(body: str | bytes) -> Identity | None:
    """What a message says it is, though its data may be of no use; None for garbage."""
    try:
        wire = _Wire.model_validate_json(body)
    except ValidationError:
        return None
    return Identity(wire.id, wire.type, wire.source, wire.subject)


def _data(wire: _Wire, kind: type[Event]) -> dict[str, Any]:
    if not issubclass(kind, StateEvent):
        return wire.data
    return {**wire.data, "sequence": int(wire.sequence) if wire.sequence else None}


def _where(error: ValidationError) -> str:
    """The fields that are wrong and how, without their values."""
    return "; ".join(
        f"{'.'.join(str(part) for part in each['loc']) or 'body'}: {each['msg']}"
        for each in error.errors(include_input=False, include_url=False)[:5]
    )
