"""Ask by email whether a booking that is only held was meant."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.consult import Consult, Hold
from services.booking.keys import Keys
from services.booking.store import consults, people
from services.booking.use_cases.announce import contact_of
from shared import events
from shared.bus import outbox

TEMPLATE = "consult_unconfirmed"


def ask_to_confirm(
    session: Session, consult: Consult, hold: Hold, *, keys: Keys, now: datetime
) -> None:
    """Let notify send the link that books it. It goes nowhere else, so whoever has it reads it."""
    person = people.get_person(session, consult.person_id)
    notice = events.NoticeRequested(
        notice_id=consult.id,
        recipient=contact_of(
            person, consult.preferences, given=consults.given_by(session, consult.id)
        ),
        template=TEMPLATE,
        url=keys.confirm_url(consult.id, consults.nonce_of(session, consult.id)),
        expires_at=hold.expires_at,
        starts_at=consult.starts_at,
    )
    outbox.add(session, notice, now=now)
