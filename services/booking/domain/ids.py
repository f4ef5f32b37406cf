"""Names of the things booking owns, as opaque strings (uuid4)."""

from typing import NewType

ConsultantId = NewType("ConsultantId", str)
ConsultId = NewType("ConsultId", str)
PersonId = NewType("PersonId", str)
EntryId = NewType("EntryId", str)
OfferId = NewType("OfferId", str)

_CONSULT = "consult/"


def consult_in(source: str | None) -> ConsultId | None:
    """The consult that an event's source ("consult/<id>") means; None when it means another."""
    if source is None or not source.startswith(_CONSULT):
        return None
    consult_id = source.removeprefix(_CONSULT)
    return ConsultId(consult_id) if 0 < len(consult_id) <= 36 else None
