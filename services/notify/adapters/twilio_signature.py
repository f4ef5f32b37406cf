"""Whether a request really comes from Twilio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TwilioSignature:
    """Checks the signature that Twilio makes with the account's token."""

    token: str

    def genuine(
        self, url: str, parameters: Mapping[str, Sequence[str]], signature: str | None
    ) -> bool:
        """`url` is the public one, with its query; `parameters` are all, blank ones too."""
        from twilio.request_validator import RequestValidator

        if not self.token or not signature:
            return False
        return bool(RequestValidator(self.token).validate(url, _Values(parameters), signature))


class _Values(dict[str, Sequence[str]]):
    """Parameters with all their values, as the validator asks for them."""

    def getlist(self, name: str) -> Sequence[str]:
        """Every value of one parameter."""
        return self[name]
