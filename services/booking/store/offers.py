"""Times that were offered to people on the waitlist, and what came of each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from services.booking.domain.errors import UnknownLink
from services.booking.domain.ids import ConsultId, EntryId, OfferId
from services.booking.domain.waitlist import Answer, Offer
from services.booking.keys import Keys
from services.booking.tables import WaitlistOfferRow


def add_offer(session: Session, offer: Offer, *, nonce: str, keys: Keys) -> None:
    """Keep a new offer; its consult exists."""
    row = WaitlistOfferRow(
        id=offer.id,
        entry_id=offer.entry_id,
        consult_id=offer.consult_id,
        starts_at=offer.starts_at,
        offered_at=offer.offered_at,
        expires_at=offer.expires_at,
        status=offer.answer.value,
        nonce=nonce,
        token_digest=keys.token_digest(keys.offer_token(offer.id, nonce)),
    )
    session.add(row)
    session.flush()


def set_answer(session: Session, offer_id: OfferId, answer: Answer) -> None:
    """What came of an offer."""
    session.get_one(WaitlistOfferRow, offer_id).status = answer.value
    session.flush()


def find_open(session: Session, entry_id: EntryId) -> Offer | None:
    """The offer that waits for this person's answer, be it in time or not."""
    mine = (WaitlistOfferRow.entry_id == entry_id, WaitlistOfferRow.status == Answer.OPEN)
    row = _fresh(session, *mine)
    return None if row is None else offer_of(row)


def get_by_token(session: Session, token: str, keys: Keys) -> Offer:
    """The offer of a link as it stands now. Raises `UnknownLink`.

    Whoever changes it locks its entry first and then looks again.
    """
    row = _fresh(session, WaitlistOfferRow.token_digest == keys.token_digest(token))
    if row is None:
        raise UnknownLink
    return offer_of(row)


def past_offers(session: Session, entries: Iterable[EntryId]) -> Mapping[EntryId, list[Offer]]:
    """All that each of these was ever offered; an empty list for somebody new."""
    found: dict[EntryId, list[Offer]] = defaultdict(list)
    query = select(WaitlistOfferRow).where(WaitlistOfferRow.entry_id.in_(list(entries)))
    for row in session.scalars(query):
        found[EntryId(row.entry_id)].append(offer_of(row))
    return found


def count_open(session: Session, now: datetime) -> int:
    """How many times are kept for people on the list."""
    query = (
        select(func.count())
        .select_from(WaitlistOfferRow)
        .where(WaitlistOfferRow.status == Answer.OPEN, WaitlistOfferRow.expires_at > now)
    )
    return session.scalar(query) or 0


def overdue(session: Session, now: datetime, *, limit: int) -> list[Offer]:
    """Offers that nobody answered in time, the oldest first."""
    query = (
        select(WaitlistOfferRow)
        .where(WaitlistOfferRow.status == Answer.OPEN, WaitlistOfferRow.expires_at <= now)
        .order_by(WaitlistOfferRow.expires_at, WaitlistOfferRow.id)
        .limit(limit)
    )
    return [offer_of(row) for row in session.scalars(query)]


def offer_of(row: WaitlistOfferRow) -> Offer:
    """The value a row holds."""
    return Offer(
        id=OfferId(row.id),
        entry_id=EntryId(row.entry_id),
        consult_id=ConsultId(row.consult_id),
        starts_at=row.starts_at,
        offered_at=row.offered_at,
        expires_at=row.expires_at,
        answer=Answer(row.status),
    )


def _fresh(session: Session, *conditions: ColumnElement[bool]) -> WaitlistOfferRow | None:
    query = select(WaitlistOfferRow).where(*conditions)
    return session.scalars(query.execution_options(populate_existing=True)).first()
