"""Keys, links, logs, settings and sources of chance."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.clock import ManualClock
from shared.crypto import Blind, Cipher, SealBroken
from shared.entropy import SeededEntropy, SystemEntropy
from shared.links import LinkSigner
from shared.logs import scrub, scrub_entry
from shared.settings import GripSettings, local_secret

REAL = {
    "env": "production",
    "public_base_url": "https://grip.example",
    "secret_key": "k" * 40,
    "field_keys": Fernet.generate_key().decode(),
    "bus_url": "amqp://grip:secret@rabbitmq/",
}


@given(st.text())
def test_what_is_sealed_can_be_opened_and_is_not_readable(text: str) -> None:
    cipher = Cipher([Fernet.generate_key().decode()])
    sealed = cipher.seal(text)
    assert cipher.unseal(sealed) == text
    assert len(text) < 8 or text not in sealed


def test_a_new_key_in_front_still_opens_what_the_old_one_sealed() -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    sealed = Cipher([old]).seal("note")
    assert Cipher([new, old]).unseal(sealed) == "note"
    with pytest.raises(SealBroken):
        Cipher([new]).unseal(sealed)


def test_a_blind_digest_depends_on_key_kind_and_value() -> None:
    digests = {
        Blind(key).digest(kind, value)
        for key in ("a", "b")
        for kind in ("email", "phone")
        for value in ("x", "y")
    }
    assert len(digests) == 8


def test_a_link_token_is_the_same_again_and_different_for_anything_else() -> None:
    signer = LinkSigner("key")
    token = signer.token("manage", "c1", "n1")
    assert len(token) == 22
    assert token == LinkSigner("key").token("manage", "c1", "n1")
    others = {
        signer.token("cancel", "c1", "n1"),
        signer.token("manage", "c2", "n1"),
        signer.token("manage", "c1", "n2"),
        LinkSigner("other").token("manage", "c1", "n1"),
    }
    assert len(others | {token}) == 5


def test_the_same_seed_draws_the_same_and_the_system_never_does() -> None:
    one, two = SeededEntropy(7), SeededEntropy(7)
    assert [one.uuid(), one.token(), one.uniform(0, 1)] == [
        two.uuid(),
        two.token(),
        two.uniform(0, 1),
    ]
    assert SystemEntropy().token() != SystemEntropy().token()


def test_a_clock_refuses_an_instant_without_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        ManualClock(datetime(2027, 1, 1))  # noqa: DTZ001 - the point of the test
    clock = ManualClock(datetime(2027, 1, 1, tzinfo=UTC))
    clock.advance(timedelta(hours=1))
    assert clock.now() == datetime(2027, 1, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "secret",
    [
        "rosa@example.org",
        "+12075550176",
        "(207) 555-0176",
        "207 555 0176",
        "/booking/m/7Kq2mX7Kq2mX7Kq2mX7Kq2",
        "/r/7Kq2mX7Kq2mX7Kq2mX7Kq2",
        "/cohort/sign-in?token=7Kq2mX7Kq2mX7Kq2mX7Kq2",
    ],
)
def test_logs_hold_no_address_number_or_link(secret: str) -> None:
    secret_part = secret.rpartition("/")[2].rpartition("=")[2]
    assert secret_part not in scrub(f"GET {secret} for {secret}.")


def test_scrubbing_keeps_what_an_operator_needs() -> None:
    line = "2027-01-04T15:00:00Z event 0b6f2f2e-58a1-4a06-9c0e-2d2f3a1f7c11 took 12.5 ms"
    assert scrub(line) == line


def test_fields_that_hold_personal_data_are_hidden_whatever_their_value() -> None:
    entry = scrub_entry(None, "info", {"event": "sent", "to": "x", "body": ["Rosa"], "tries": 2})
    assert entry == {"event": "sent", "to": "[hidden]", "body": "[hidden]", "tries": 2}


def test_exceptions_are_scrubbed_too(capsys: pytest.CaptureFixture[str]) -> None:
    from shared import logs

    logs.set_up()
    try:
        raise ValueError("no such person rosa@example.org")
    except ValueError:
        structlog.get_logger().exception("failed")
    said = capsys.readouterr().err
    assert "no such person [email]" in said
    assert "rosa@" not in said


def test_production_starts_with_real_secrets() -> None:
    assert GripSettings(**REAL).env == "production"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"secret_key": "short"}, "GRIP_SECRET_KEY"),
        ({"field_keys": ""}, "GRIP_FIELD_KEYS"),
        ({"secret_key": REAL["field_keys"]}, "must differ"),
        ({"public_base_url": "http://grip.example"}, "https"),
        ({"spam_check": "off"}, "GRIP_SPAM_CHECK"),
        ({"bus_url": "memory://"}, "GRIP_BUS_URL"),
        ({"twilio_account_sid": "AC1"}, "GRIP_TWILIO_AUTH_TOKEN"),
    ],
)
def test_production_refuses_to_start(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        GripSettings(**{**REAL, **wrong})


def test_secrets_are_not_shown_by_the_settings() -> None:
    shown = repr(GripSettings(**REAL))
    assert "k" * 40 not in shown
    assert "grip:secret" not in shown


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("bus_url", "amqp://grip:sEcr/et@rabbit/", "must be amqp://user:password@host:port/vhost"),
        ("bus_url", "amqp://grip:12/sEcr@rabbit/", "percent-encoded"),
        ("bus_url", "amqp://grip:sEcr?et@rabbit/", "percent-encoded"),
        ("bus_url", "amqp://grip:sEcr#et@rabbit/", "percent-encoded"),
        ("bus_url", "amqp://grip:sEcr[et@rabbit/", "percent-encoded"),
        ("bus_url", "amqp://grip:sEcr@et@rabbit/", "percent-encoded"),
        ("bus_url", "amqp://grip:sEcr@rabbit:99999/", "host:port"),
        ("bus_url", "redis://:sEcr@rabbit/", "must be amqp://"),
        ("bus_url", "amqp:sEcr", "must be amqp://"),
        ("smtp_url", "smtp://grip:sEcr/et@mail", "must be smtp://user:password@host"),
        ("smtp_url", "https://grip:sEcr@mail", "must be smtp://"),
        ("field_keys", "sEcr", "must be Fernet keys"),
        ("public_base_url", "http://grip.example:sEcr", "must begin with http://"),
    ],
)
def test_a_refused_setting_is_not_repeated(name: str, value: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        GripSettings(**{name: value})
    assert said in str(refused.value)
    assert "sEcr" not in str(refused.value) + repr(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bus_url", "memory://"),
        ("bus_url", "amqp://grip:sEcr%2Fet@rabbit:5672/grip"),
        ("bus_url", "amqps://rabbit"),
        ("bus_url", "amqp://u:p@[::1]:5672//"),
        ("smtp_url", "smtp://mailpit:1025?starttls=never"),
        ("smtp_url", "smtps://grip%40example.org:sEcr%2F@mail:465"),
        ("smtp_url", ""),
    ],
)
def test_addresses_that_divide_clearly_are_taken(name: str, value: str) -> None:
    assert getattr(GripSettings(**{name: value}), name).get_secret_value() == value


def test_keys_for_different_purposes_differ() -> None:
    settings = GripSettings(secret_key="s" * 40)
    assert settings.secret_for("links") != settings.secret_for("cookies")
    assert Cipher(settings.cipher_keys).unseal(Cipher(settings.cipher_keys).seal("x")) == "x"


def test_the_local_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first = local_secret(tmp_path / "var", SystemEntropy())
    assert local_secret(tmp_path / "var", SystemEntropy()) == first
    assert len(first) >= 40
    assert (tmp_path / "var" / "secret-key").stat().st_mode & 0o077 == 0
    assert [each.name for each in (tmp_path / "var").iterdir()] == ["secret-key"]
