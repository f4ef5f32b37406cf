"""Whether a person may be at a medicine session. Until every check exists, nobody is ready."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Readiness:
    """The verdict for one person and one medicine session, with what is missing in plain words."""

    ready: bool
    missing: tuple[str, ...]


def readiness_without_clearance() -> Readiness:
    """The verdict for everyone as long as clearance is not recorded by the software."""
    return Readiness(ready=False, missing=("Not cleared",))
