"""Encryption of single fields, and keyed hashes to look sealed values up by."""

import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class SealBroken(Exception):
    """A stored value can't be opened with any of the configured keys."""

    slug = "seal-broken"


class Cipher:
    """Seals text with the first key and opens it with any: rotation adds a key in front."""

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys` are Fernet keys (32 bytes, URL-safe base64); at least one."""
        if not keys:
            raise ValueError("GRIP_FIELD_KEYS holds no key")
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, text: str) -> str:
        """The sealed form of `text`, safe to store."""
        return self._fernet.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """The text that was sealed. Raises `SealBroken` when no key fits or it was altered."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise SealBroken("no configured key opens this value (GRIP_FIELD_KEYS)") from error


class Blind:
    """A keyed hash: equal values can be found, and nobody without the key can guess them."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def digest(self, kind: str, value: str) -> str:
        """The look-up digest of `value`; `kind` keeps emails and phones apart."""
        message = f"{kind}\0{value}".encode()
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()
