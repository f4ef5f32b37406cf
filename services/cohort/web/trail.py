"""That somebody read about a person, noted where nothing is ever taken away."""

from __future__ import annotations

from shared import audit
from shared.web.app import now, web
from shared.web.auth import actor


def note_read(person_id: str) -> None:
    """Note that whoever is signed in saw this applicant's details; in a transaction of its own."""
    who, at = actor(), now()
    web().database.run(
        lambda session: audit.record(
            session, actor=who, action="applicant.read", subject=f"person:{person_id}", now=at
        )
    )
