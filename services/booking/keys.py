"""The keys booking works with: digests to look people up, tokens of manage links."""

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.crypto import Blind
from shared.links import LinkSigner

_MANAGE = "consult-manage"
_CONFIRM = "consult-confirm"
_WAITLIST = "waitlist-entry"
_WAITLIST_CONFIRM = "waitlist-confirm"
_OFFER = "waitlist-offer"
_FEED = "consultant-feed"
_STAMP = "form-shown"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STAMP_FORM = re.compile(r"(\d{1,14})\.([\w-]{22})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Keys:
    """Makes look-up digests and links. `base_url` is the public address, no slash at the end."""

    blind: Blind
    signer: LinkSigner
    base_url: str

    def email(self, email: str) -> str:
        """The look-up digest of an email address, whatever its case."""
        return self.blind.digest("email", email.casefold())

    def phone(self, phone: str) -> str:
        """The look-up digest of an E.164 number."""
        return self.blind.digest("phone", phone)

    def contact(self, email: str, phone: str) -> str:
        """The look-up digest of an email and a phone together."""
        return self.blind.digest("contact", f"{email.casefold()}\n{phone}")

    def idempotency(self, key: str) -> str:
        """What is kept of a client's idempotency key."""
        return self.blind.digest("idempotency", key)

    def body(self, canonical: str) -> str:
        """What is kept of a request body, to know the same one again."""
        return self.blind.digest("body", canonical)

    def token(self, consult_id: str, nonce: str) -> str:
        """The token of a consult's manage link; always the same for the same nonce."""
        return self.signer.token(_MANAGE, consult_id, nonce)

    def token_digest(self, token: str) -> str:
        """What a consult's row keeps of its token."""
        return LinkSigner.digest(token)

    def manage_url(self, consult_id: str, nonce: str) -> str:
        """Where the person sees, moves and cancels the consult."""
        return f"{self.base_url}/booking/m/{self.token(consult_id, nonce)}"

    def confirm_token(self, consult_id: str, nonce: str) -> str:
        """The token that an unconfirmed booking is confirmed with; only ever emailed."""
        return self.signer.token(_CONFIRM, consult_id, nonce)

    def confirm_url(self, consult_id: str, nonce: str) -> str:
        """Where somebody confirms a booking that is only held."""
        return f"{self.base_url}/booking/confirm/{self.confirm_token(consult_id, nonce)}"

    def waitlist_token(self, entry_id: str, nonce: str) -> str:
        """The token of somebody's place on the waitlist."""
        return self.signer.token(_WAITLIST, entry_id, nonce)

    def waitlist_url(self, entry_id: str, nonce: str) -> str:
        """Where somebody who waits sees their place and leaves it."""
        return f"{self.base_url}/booking/waitlist/{self.waitlist_token(entry_id, nonce)}"

    def waitlist_confirm_token(self, entry_id: str, nonce: str) -> str:
        """The token that puts a place on the list which was only asked for; only ever emailed."""
        return self.signer.token(_WAITLIST_CONFIRM, entry_id, nonce)

    def waitlist_confirm_url(self, entry_id: str, nonce: str) -> str:
        """Where somebody confirms that they asked for a place."""
        token = self.waitlist_confirm_token(entry_id, nonce)
        return f"{self.base_url}/booking/waitlist/confirm/{token}"

    def offer_token(self, offer_id: str, nonce: str) -> str:
        """The token of a time that is held for somebody who waits."""
        return self.signer.token(_OFFER, offer_id, nonce)

    def offer_url(self, offer_id: str, nonce: str) -> str:
        """Where an offered time is accepted or declined."""
        return f"{self.base_url}/booking/offer/{self.offer_token(offer_id, nonce)}"

    def feed_token(self, consultant_id: str, nonce: str) -> str:
        """The token of a consultant's secret calendar."""
        return self.signer.token(_FEED, consultant_id, nonce)

    def feed_url(self, consultant_id: str, nonce: str) -> str:
        """Where a consultant's calls can be subscribed to."""
        return f"{self.base_url}/booking/calendar/{self.feed_token(consultant_id, nonce)}.ics"

    def stamp(self, form_key: str, shown_at: datetime) -> str:
        """What a form carries to say when it was first shown; good for that form alone."""
        written = str((shown_at - _EPOCH) // timedelta(milliseconds=1))
        return f"{written}.{self.signer.token(_STAMP, form_key, written)}"

    def stamped_at(self, form_key: str, stamp: str) -> datetime | None:
        """When this form was first shown; None for a stamp that we did not make for it."""
        found = _STAMP_FORM.fullmatch(stamp)
        if found is None:
            return None
        written, mac = found.groups()
        if not hmac.compare_digest(mac, self.signer.token(_STAMP, form_key, written)):
            return None
        return _EPOCH + timedelta(milliseconds=int(written))

    def rebook_url(self) -> str:
        """Where a new consult is booked."""
        return f"{self.base_url}/booking/"
