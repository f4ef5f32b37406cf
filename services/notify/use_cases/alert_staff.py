"""Tell the staff who should know. Quiet hours, caps and consent concern people in care only."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from services.notify.domain.values import Channel, Purpose
from services.notify.use_cases.send_notice import StaffNotKnown
from services.notify.use_cases.send_once import Note, send_once
from shared.bus import Meta
from shared.events import StaffAlerted
from shared.staff import active_staff

_USEFUL = timedelta(days=1)


def alert_staff(session: Session, event: StaffAlerted, meta: Meta) -> None:
    """Email everyone active in one of the roles, and text them too unless it is mere news.

    Without anyone in those roles it goes to the admins. Raises StaffNotKnown while
    nobody at all is known here: the event is tried again.
    """
    staff = active_staff(session)
    wanted = [each for each in staff if each.roles & set(event.roles)]
    wanted = wanted or [each for each in staff if "admin" in each.roles]
    if not wanted:
        raise StaffNotKnown("nobody on the staff is known here yet")
    for each in wanted:
        by_text = each.phone is not None and event.severity != "info"
        note = Note(
            source=event.subject,
            occasion=meta.event_id,
            purpose=Purpose.STAFF_ALERT,
            channels=(Channel.EMAIL, Channel.SMS) if by_text else (Channel.EMAIL,),
            at=meta.occurred_at,
            expires_at=max(meta.occurred_at, meta.now) + _USEFUL,
            snapshot={"title": event.title, "url": event.url, "severity": event.severity},
        )
        send_once(session, f"staff:{each.staff_id}", note, now=meta.now)
