"""Whether an email and a password belong together."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from services.cohort.domain.errors import WrongPassword
from services.cohort.keys import Keys
from services.cohort.store.staff import find_staff_by_email

HASHER = PasswordHasher()
"""argon2id with the library's parameters (RFC 9106, second recommended option)."""


def check_password(session: Session, email: str, password: str, *, keys: Keys) -> str:
    """The staff id. Raises `WrongPassword` without saying which of the two is wrong.

    It reads only, and takes as long for an unknown email, so call it outside a write transaction.
    """
    row = find_staff_by_email(session, email, keys)
    stored = row.password_hash if row is not None and row.active else None
    matches = _verify(stored or _nobodys_hash(), password)
    if row is None or stored is None or not matches:
        raise WrongPassword("Email and password do not match.")
    return row.staff_id


def _verify(stored: str, password: str) -> bool:
    try:
        return HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    """A hash to compare with when there is none, so that time tells nothing."""
    return HASHER.hash("nobody's password")
