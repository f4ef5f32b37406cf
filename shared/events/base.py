"""What every event has: a type, a version, a subject, and for state events a sequence."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer


def _zulu(at: datetime) -> str:
    from datetime import UTC

    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


Instant = Annotated[AwareDatetime, PlainSerializer(_zulu, return_type=str, when_used="json")]
"""An aware instant, written in UTC with a Z."""


def _known_zone(name: str) -> str:
    from shared.times import is_zone

    if not is_zone(name):
        raise ValueError("not an IANA time zone")
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]
"""The name of an IANA time zone."""


class Value(BaseModel):
    """A part of an event; frozen, and tolerant of fields a later publisher may add."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Value):
    """A past fact. A changed meaning is a new class with a higher `VERSION`."""

    TYPE: ClassVar[str]
    VERSION: ClassVar[int] = 1
    KIND: ClassVar[Literal["state", "fact"]]
    SUBJECT: ClassVar[str]
    """The aggregate's kind and the field that holds its id, such as "consult:consult_id"."""

    @property
    def subject(self) -> str:
        """The aggregate this is about, such as "consult/<id>"."""
        kind, field = self.SUBJECT.split(":")
        return f"{kind}/{getattr(self, field)}"


class StateEvent(Event):
    """Carries the aggregate's whole public snapshot; per subject the highest sequence wins."""

    KIND: ClassVar[Literal["state", "fact"]] = "state"
    sequence: int = Field(ge=1, exclude=True)
    """Grows with every state event of the subject; travels in the envelope, not in the data."""


class FactEvent(Event):
    """Something that happened once; never ignored for its age."""

    KIND: ClassVar[Literal["state", "fact"]] = "fact"
