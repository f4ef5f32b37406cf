"""Counting, plain writing, forbidden words, replies and the error table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain.outcomes import Outcome, after_receipt, outcome_of, retry_delay
from services.notify.domain.replies import Intent, intent_of
from services.notify.domain.segments import Count, count, is_gsm, to_gsm
from services.notify.domain.values import State
from services.notify.domain.wording import ForbiddenWords, forbidden_words, lint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Count("GSM-7", 0, 1)),
        ("a" * 160, Count("GSM-7", 160, 1)),
        ("a" * 161, Count("GSM-7", 161, 2)),
        ("a" * 306, Count("GSM-7", 306, 2)),
        ("a" * 307, Count("GSM-7", 307, 3)),
        ("a" * 159 + "€", Count("GSM-7", 161, 2)),
        ("€" * 80, Count("GSM-7", 160, 1)),
        # The 153rd septet would be half of "€": it moves whole to the next segment.
        ("a" * 152 + "€" + "a" * 151, Count("GSM-7", 305, 2)),
        ("a" * 152 + "€" + "a" * 152, Count("GSM-7", 306, 3)),
        ("ñ" * 160, Count("GSM-7", 160, 1)),
        ("í" + "a" * 69, Count("UCS-2", 70, 1)),
        ("í" + "a" * 70, Count("UCS-2", 71, 2)),
        ("í" * 134, Count("UCS-2", 134, 2)),
        ("í" * 135, Count("UCS-2", 135, 3)),
        ("í" * 66 + "😀" + "a" * 66, Count("UCS-2", 134, 3)),
    ],
)
def test_segments_are_counted_as_carriers_do(text, expected):
    assert count(text) == expected


@given(st.text())
def test_plain_writing_is_always_gsm_and_stable(text):
    plain = to_gsm(text)
    assert is_gsm(plain)
    assert to_gsm(plain) == plain


def test_only_accents_that_gsm_lacks_are_dropped():
    assert to_gsm("Mañana: número, miércoles, ¿sí? “Ü” – Ç ç …") == (
        'Mañana: numero, miércoles, ¿si? "Ü" - Ç c ...'
    )


@pytest.mark.parametrize(
    "text",
    [
        "Your KETAMINE session", "medicine day", "la medicina", "group therapy", "Terapéutica",
        "trauma", "two doses", "screening", "su grupo", "psychiatrist", "the GRIP program",
        "Dr. Price, clinical psychologist", "cohort",
    ],
)  # fmt: skip
def test_forbidden_words_are_found(text):
    with pytest.raises(ForbiddenWords):
        lint(text)


def test_words_that_merely_contain_one_pass_and_names_may_be_anything():
    assert forbidden_words("Regroup at the doses-free agrippa screenplay? No.") != ()
    assert forbidden_words("We regrouped; a gripping photo of endosed doors.") == ()
    assert forbidden_words("hh.example/r/Grip-dose_therapyAAAAA end") == ()
    assert forbidden_words("Hello Trauma Jones", ignoring=("Trauma Jones",)) == ()


@pytest.mark.parametrize(
    "body",
    [
        "STOP", "stop.", " Stop ", "UNSUBSCRIBE", "end", "QUIT", "stopall", "revoke", "OPTOUT",
        "cancel", "please stop", "stop texting me", "Don't text me anymore", "do not text me",
        "Don’t contact me", "no more texts", "no more messages please", "opt out", "opt-out",
        "unsubscribe me", "take me off your list", "remove me from this", "leave me alone",
        "wrong number", "never text me again", "I don't want any more texts",
        "ALTO", "parar", "no me escriban más", "no me manden mensajes", "dejen de escribirme",
        "no quiero más mensajes", "no más textos", "denme de baja", "bórrenme", "quítenme",
        "número equivocado", "no envíen más",
    ],
)  # fmt: skip
def test_any_reasonable_wording_revokes_consent(body):
    assert intent_of(body) is Intent.STOP


@pytest.mark.parametrize(
    ("body", "intent"),
    [
        ("C", Intent.CONFIRM), (" c. ", Intent.CONFIRM), ("R", Intent.RIDE),
        ("START", Intent.START), ("unstop", Intent.START), ("yes", Intent.START),
        ("Can I come at 3?", Intent.OTHER),
        ("The bus stop is closed, can I be late?", Intent.OTHER), ("", Intent.OTHER),
        ("Is it the end of the street?", Intent.OTHER), ("RIDE", Intent.OTHER),
        ("cancel my call", Intent.OTHER),
    ],
)  # fmt: skip
def test_other_words_mean_what_they_say(body, intent):
    assert intent_of(body) is intent


def test_twilios_own_finding_wins():
    assert intent_of("basta ya", opt_out_type="STOP") is Intent.STOP
    assert intent_of("hola", opt_out_type="START") is Intent.START


@pytest.mark.parametrize(
    ("code", "status", "outcome"),
    [
        (21211, 400, Outcome.PERMANENT), (21612, 400, Outcome.PERMANENT),
        (21614, 400, Outcome.PERMANENT), (21617, 400, Outcome.PERMANENT),
        (30004, None, Outcome.PERMANENT), (30005, None, Outcome.PERMANENT),
        (30006, None, Outcome.PERMANENT), (30007, None, Outcome.PERMANENT),
        (21610, 400, Outcome.OPTED_OUT), (20003, 401, Outcome.CONFIGURATION),
        (21408, 400, Outcome.CONFIGURATION), (30002, None, Outcome.CONFIGURATION),
        (30034, None, Outcome.CONFIGURATION), (30036, None, Outcome.TOO_LATE),
        (20429, 429, Outcome.RETRY), (None, 429, Outcome.RETRY), (30001, None, Outcome.RETRY_LATER),
        (30003, None, Outcome.RETRY_LATER), (30008, None, Outcome.RETRY_LATER),
        (30500, None, Outcome.RETRY_LATER), (None, 500, Outcome.AMBIGUOUS),
        (20500, 500, Outcome.AMBIGUOUS), (None, 503, Outcome.AMBIGUOUS),
        (99999, 400, Outcome.UNKNOWN_ERROR),
    ],
)  # fmt: skip
def test_each_provider_error_has_its_treatment(code, status, outcome):
    assert outcome_of(code, status) is outcome


@given(st.integers(1, 50), st.floats(0.8, 1.2))
def test_the_first_retry_is_within_five_seconds_and_none_waits_longer_than_six_minutes(n, spread):
    assert retry_delay(1, spread).total_seconds() < 5
    assert retry_delay(n, spread).total_seconds() <= 360


@given(st.permutations(["queued", "sent", "delivered", "sent", "failed", "accepted"]))
def test_receipts_in_any_order_end_delivered_once_one_says_so(order):
    state = State.UNKNOWN
    for status in order:
        state = after_receipt(state, status)
    assert state is State.DELIVERED


def test_a_receipt_for_a_message_that_never_left_changes_nothing():
    assert after_receipt(State.PLANNED, "delivered") is State.PLANNED
    assert after_receipt(State.DROPPED, "delivered") is State.DROPPED
