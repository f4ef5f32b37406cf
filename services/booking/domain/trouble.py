"""A message about a call that did not reach the person, and how staff read of it."""

from dataclasses import dataclass

# Twilio's codes (twilio.com/docs/api/errors) and the words that notify gives as reasons.
_WHY = {
    "21211": "the number is not valid",
    "21612": "the number cannot be reached by text",
    "21614": "the number cannot receive texts",
    "21617": "the text was too long",
    "30001": "the carrier is overloaded",
    "30003": "the phone is off or out of reach",
    "30004": "the phone or its carrier blocks our texts",
    "30005": "the number is not in service",
    "30006": "the number is a landline, or its carrier takes no texts",
    "30007": "the carrier took the text for spam",
    "30008": "the carrier gave no reason",
    "30500": "the provider had a fault",
    "bad-address": "the address is not valid",
    "forbidden-words": "it held words that may not be in a message",
    "cannot-write": "it could not be written",
}
_NOUNS = {"sms": "text", "email": "email"}


@dataclass(frozen=True, slots=True)
class Trouble:
    """`channel` is "sms" or "email"; `reason` a provider's code, a word of ours, or nothing."""

    channel: str
    reason: str

    def line(self, *, can_call: bool) -> str:
        """One sentence for staff, with the way out."""
        noun = _NOUNS.get(self.channel, "message")
        instead = "; call instead" if can_call else ""
        return f"The {noun} could not be delivered: {self._why()}{instead}."

    def _why(self) -> str:
        if self.reason in _WHY:
            return _WHY[self.reason]
        if self.reason.isdigit():
            taker = "mail server" if self.channel == "email" else "carrier"
            return f"the {taker} refused it (code {self.reason})"
        return "no reason is known"
