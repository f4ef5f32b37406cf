"""How staff read of a message that did not arrive, and which consult it was about."""

import pytest

from services.booking.domain.ids import consult_in
from services.booking.domain.trouble import Trouble


@pytest.mark.parametrize(
    ("channel", "reason", "line"),
    [
        ("sms", "30005", "The text could not be delivered: the number is not in service"),
        ("sms", "39999", "The text could not be delivered: the carrier refused it (code 39999)"),
        ("email", "550", "The email could not be delivered: the mail server refused it (code 550)"),
        ("email", "bad-address", "The email could not be delivered: the address is not valid"),
        ("sms", "", "The text could not be delivered: no reason is known"),
        ("sms", "permanent", "The text could not be delivered: no reason is known"),
    ],
)
def test_trouble_is_one_plain_sentence_with_the_way_out(
    channel: str, reason: str, line: str
) -> None:
    assert Trouble(channel, reason).line(can_call=True) == f"{line}; call instead."
    assert Trouble(channel, reason).line(can_call=False) == f"{line}."


@pytest.mark.parametrize(
    ("source", "consult_id"),
    [
        ("consult/7", "7"),
        ("enrollment/7", None),
        ("consult/", None),
        ("consult/" + "7" * 37, None),
        ("", None),
        (None, None),
    ],
)
def test_only_a_source_that_names_a_consult_means_one(
    source: str | None, consult_id: str | None
) -> None:
    assert consult_in(source) == consult_id
