"""Notify's keys in use: digests to find numbers by, tokens of short links."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from shared.crypto import Blind
from shared.links import LinkSigner

_SHORT = "short-link"


@dataclass(frozen=True, slots=True)
class Keys:
    """`base_url` is the public one, without a slash at its end."""

    blind: Blind
    links: LinkSigner
    base_url: str

    def phone(self, number: str) -> str:
        """What an E.164 number is found by."""
        return self.blind.digest("phone", number)

    def short_token(self, link_id: str, nonce: str) -> str:
        """The 22 characters of a short link; always the same for the same nonce."""
        return self.links.token(_SHORT, link_id, nonce)

    def short_url(self, token: str) -> str:
        """A short link as a text shows it: host and path, without the scheme."""
        return f"{urlsplit(self.base_url).netloc}/r/{token}"

    def path_of(self, url: str) -> str | None:
        """The path of an address of ours; None when it is anywhere else."""
        if not url.startswith(f"{self.base_url}/"):
            return None
        return url[len(self.base_url) :]
