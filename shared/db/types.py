"""Column types: instants in UTC, and fields that are encrypted at rest."""

import json
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, DateTime, Text, type_coerce
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator, TypeEngine

from shared.crypto import Cipher


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant. SQLite keeps UTC without a zone, PostgreSQL `timestamptz`."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        at = value.astimezone(UTC)
        return at if dialect.name == "postgresql" else at.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is UTC:
            return value
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Sealed(TypeDecorator[str]):
    """Text that is encrypted in the database with the engine's cipher."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else cipher_of(dialect).seal(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else cipher_of(dialect).unseal(value)


class SealedJson(TypeDecorator[Any]):
    """A JSON value that is encrypted in the database with the engine's cipher."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return cipher_of(dialect).seal(json.dumps(value, separators=(",", ":")))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(cipher_of(dialect).unseal(value))


def sealed_text(column: ColumnElement[Any]) -> ColumnElement[str]:
    """A sealed column as it is stored; for whoever must go on when one row can't be opened."""
    return type_coerce(column, Text)


def opened(session: Session, sealed: str) -> str:
    """What `sealed_text` gave. Raises `SealBroken` when no configured key opens it."""
    return cipher_of(session.get_bind().dialect).unseal(sealed)


def give_cipher(dialect: Dialect, cipher: Cipher) -> None:
    """Let the engine that owns `dialect` seal and unseal with `cipher`."""
    setattr(dialect, "grip_cipher", cipher)  # noqa: B010 - the dialect declares no such attribute


def cipher_of(dialect: Dialect) -> Cipher:
    """The cipher given to this engine. Raises `RuntimeError` when it has none."""
    found = getattr(dialect, "grip_cipher", None)
    if found is None:
        raise RuntimeError("this engine has no cipher: build it through shared.db.Database")
    return cast("Cipher", found)
