"""Short links in texts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notify.keys import Keys
from services.notify.tables import ShortLinkRow
from shared.db import entropy_of, insert_new
from shared.links import LinkSigner

_STAND_IN = "made-when-this-is-sent"


def shorten(session: Session, link_id: str, url: str, *, keys: Keys, now: datetime) -> str:
    """The short form of an address of ours, the same each time for one `link_id`.

    An address elsewhere is returned as it is: short links lead nowhere else.
    """
    path = keys.path_of(url)
    if path is None:
        return url
    nonce = session.scalar(select(ShortLinkRow.nonce).where(ShortLinkRow.link_id == link_id))
    nonce = nonce or entropy_of(session).token()
    token = keys.short_token(link_id, nonce)
    row = {
        "digest": LinkSigner.digest(token),
        "link_id": link_id,
        "nonce": nonce,
        "target": path,
        "created_at": now,
    }
    insert_new(session, ShortLinkRow.__table__, [row])
    return keys.short_url(token)


def stand_in(url: str, *, keys: Keys) -> str:
    """What a preview shows for the short form of `url`: as long, and leading nowhere."""
    return url if keys.path_of(url) is None else keys.short_url(_STAND_IN)


def find_target(session: Session, token: str) -> str | None:
    """The path that a short link leads to."""
    row = session.get(ShortLinkRow, LinkSigner.digest(token))
    return row.target if row else None
