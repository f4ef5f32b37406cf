"""Staff accounts, their links and sign-ins, and how other services hear of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.cohort.domain.errors import LinkNotValid, NotFound
from services.cohort.keys import Keys
from services.cohort.tables import SignInLinkRow, StaffRow
from shared.bus import outbox
from shared.events import StaffChanged
from shared.staff import apply_staff_changed


def get_staff(session: Session, staff_id: str, *, lock: bool = False) -> StaffRow:
    """The account; locked when asked. Raises `NotFound`."""
    row = session.get(StaffRow, staff_id, with_for_update=lock, populate_existing=lock)
    if row is None:
        raise NotFound("This staff account is not here.")
    return row


def find_staff_by_email(session: Session, email: str, keys: Keys) -> StaffRow | None:
    """The account with this email, whatever its case."""
    digest = keys.email_digest(email)
    return session.scalar(select(StaffRow).where(StaffRow.email_digest == digest))


def publish_staff(session: Session, row: StaffRow, *, now: datetime) -> None:
    """Tell every service, this one's own replica included, what the account now is."""
    row.sequence += 1
    event = StaffChanged(
        staff_id=row.staff_id,
        email=row.email,
        name=row.name,
        phone=row.phone,
        timezone=row.timezone,
        locale=row.locale,
        roles=tuple(row.roles),
        qualifications=tuple(row.qualifications),
        on_call=row.on_call,
        escalation_order=row.escalation_order,
        active=row.active,
        epoch=row.epoch,
        sequence=row.sequence,
    )
    session.flush()
    outbox.add(session, event, now=now)
    apply_staff_changed(session, event)


def use_link(session: Session, token: str, *, keys: Keys, now: datetime) -> str:
    """Mark a sign-in link used and say whose it is; only one caller ever succeeds.

    Raises `LinkNotValid` for a link that is unknown, used or expired.
    """
    digest = keys.links.digest(token)
    used = session.execute(
        update(SignInLinkRow)
        .where(
            SignInLinkRow.digest == digest,
            SignInLinkRow.used_at.is_(None),
            SignInLinkRow.expires_at > now,
        )
        .values(used_at=now)
        .returning(SignInLinkRow.staff_id)
    ).scalar_one_or_none()
    if used is None:
        raise LinkNotValid("This link no longer works. Ask for a new one.")
    return used


def link_opens(session: Session, token: str, *, keys: Keys, now: datetime) -> bool:
    """Whether a sign-in link would work at `now`; changes nothing."""
    row = session.get(SignInLinkRow, keys.links.digest(token))
    return row is not None and row.used_at is None and row.expires_at > now
