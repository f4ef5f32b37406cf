"""What other services told of messages and phone numbers.

It may come before, or without, the consult: hence no foreign keys here.
"""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from services.booking.rows.base import Base, Digest, Id


class ConfirmationRow(Base):
    """The newest revision of a consult that the person confirmed, and when they first did.

    A confirmation counts while its revision is the consult's.
    """

    __tablename__ = "confirmation"

    consult_id: Mapped[str] = mapped_column(Id, primary_key=True)
    revision: Mapped[int]
    at: Mapped[datetime]


class DeliveryRow(Base):
    """The last that was heard of one kind of message about a consult's newest revision."""

    __tablename__ = "delivery"

    consult_id: Mapped[str] = mapped_column(Id, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(40), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    revision: Mapped[int]
    at: Mapped[datetime]
    delivered: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(80))
    """Why it failed: the provider's code or a word of ours; empty when none was given."""


class TextsOffRow(Base):
    """A phone number whose owner asked for no more texts."""

    __tablename__ = "texts_off"

    phone_digest: Mapped[str] = mapped_column(Digest, primary_key=True)
    at: Mapped[datetime]
