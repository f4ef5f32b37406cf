"""Names of the things booking owns, as opaque strings (uuid4)."""

from typing import NewType

ConsultantId = NewType("ConsultantId", str)
ConsultId = NewType("ConsultId", str)
PersonId = NewType("PersonId", str)
