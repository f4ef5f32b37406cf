"""The service's keys in use: digests to find people by, tokens and addresses of links."""

from __future__ import annotations

from dataclasses import dataclass

from shared.crypto import Blind
from shared.links import LinkSigner


@dataclass(frozen=True, slots=True)
class Keys:
    """`base_url` is the public one, without a slash at its end."""

    links: LinkSigner
    blind: Blind
    base_url: str

    def email_digest(self, email: str) -> str:
        """What an email is found by; case does not count."""
        return self.blind.digest("email", email.strip().casefold())

    def phone_digest(self, phone: str) -> str:
        """What an E.164 number is found by."""
        return self.blind.digest("phone", phone)

    def page_token(self, person_id: str, nonce: str) -> str:
        """The token of a person's own page."""
        return self.links.token("me", person_id, nonce)

    def page_url(self, person_id: str, nonce: str) -> str:
        """The address of a person's own page."""
        return f"{self.base_url}/cohort/me/{self.page_token(person_id, nonce)}"

    def sign_in_url(self, token: str) -> str:
        """The address that a one-time sign-in link opens."""
        return f"{self.base_url}/cohort/sign-in?token={token}"
