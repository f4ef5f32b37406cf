"""Where ids, tokens and chance come from. Nothing else in Grip draws randomness."""

import base64
import random
import secrets
import uuid
from typing import Protocol


class Entropy(Protocol):
    """A source of ids, tokens and chance."""

    def uuid(self) -> str:
        """A new random UUID (version 4) as text."""
        ...

    def token(self, nbytes: int = 16) -> str:
        """`nbytes` random bytes, URL-safe; 16 bytes are 22 characters."""
        ...

    def uniform(self, low: float, high: float) -> float:
        """A number between `low` and `high`, for spreading retries."""
        ...


class SystemEntropy:
    """The machine's secure source."""

    def uuid(self) -> str:
        """A new random UUID."""
        return str(uuid.uuid4())

    def token(self, nbytes: int = 16) -> str:
        """`nbytes` unguessable bytes, URL-safe."""
        return secrets.token_urlsafe(nbytes)

    def uniform(self, low: float, high: float) -> float:
        """A number between `low` and `high`."""
        return random.uniform(low, high)


class SeededEntropy:
    """The same draws for the same seed: for tests and simulation, never for real secrets."""

    def __init__(self, seed: int | str) -> None:
        self._random = random.Random(seed)

    def uuid(self) -> str:
        """The next UUID of this seed."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def token(self, nbytes: int = 16) -> str:
        """The next `nbytes` of this seed, URL-safe."""
        return base64.urlsafe_b64encode(self._random.randbytes(nbytes)).rstrip(b"=").decode()

    def uniform(self, low: float, high: float) -> float:
        """The next number between `low` and `high` of this seed."""
        return self._random.uniform(low, high)
