"""Tokens in links: unguessable, made again when needed, stored only as a digest."""

import base64
import hashlib
import hmac


class LinkSigner:
    """Makes the token of a link; the row it belongs to keeps the nonce and a digest only."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def token(self, purpose: str, subject: str, nonce: str) -> str:
        """22 URL-safe characters (128 bits); the same for the same purpose, subject and nonce."""
        message = f"{purpose}\0{subject}\0{nonce}".encode()
        mac = hmac.new(self._key, message, hashlib.sha256).digest()[:16]
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()

    @staticmethod
    def digest(token: str) -> str:
        """What a row stores and is looked up by: SHA-256 of the token, hex."""
        return hashlib.sha256(token.encode()).hexdigest()
