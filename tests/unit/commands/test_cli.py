"""The command line: what it takes, and how it refuses."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from services import VERSION
from services.__main__ import build_parser, main
from services.cohort.settings import CohortSettings
from services.commands.serving import address_of, is_loopback
from services.commands.system import read_settings, unknown_variables
from shared.cli import Fault

ROOT = Path(__file__).resolve().parents[3]


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    said = capsys.readouterr().out
    verbs = ["up", "serve", "work", "migrate", "seed", "staff", "doctor", "test", "events", "dead"]
    assert [verb for verb in verbs if f"\n    {verb} " not in said] == []


def test_no_words_at_all_give_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([])
    assert "usage: grip" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["help"], "usage: grip [-h]"),
        (["help", "up"], "usage: grip up"),
        (["help", "staff", "add"], "usage: grip staff add"),
    ],
)
def test_help_is_a_word_too(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 0
    assert said in capsys.readouterr().out


def test_the_version_is_the_one_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"grip {VERSION}\n"
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fly"], "invalid choice"),
        (["up", "--port", "http"], "'http' is no number"),
        (["up", "--port", "0"], "at least 1"),
        (["up", "--port", "70000"], "at most 65535"),
        (["up", "extra"], "extra"),
        (["serve", "billing"], "invalid choice"),
        (["work"], "service"),
        (["staff", "add", "a@example.org"], "--role"),
        (["staff", "add", "a@example.org", "--role", "king"], "invalid choice"),
        (["replay", "booking"], "--since"),
        (["dead", "bury"], "invalid choice"),
    ],
)
def test_a_wrong_word_is_refused_by_name(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2
    assert said in capsys.readouterr().err


def test_further_words_of_test_go_to_pytest() -> None:
    arguments, rest = build_parser().parse_known_args(["test", "-k", "slots", "tests/unit"])
    assert arguments.verb == "test"
    assert rest == ["-k", "slots", "tests/unit"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("GRIP_PUBLIC_BASE_URL", "grip.example", "GRIP_PUBLIC_BASE_URL: must begin with http"),
        ("GRIP_PRACTICE_TIMEZONE", "Mars/Base", "GRIP_PRACTICE_TIMEZONE: must be an IANA"),
        ("GRIP_TWILIO_TIMEOUT_S", "soon", "GRIP_TWILIO_TIMEOUT_S: "),
        ("GRIP_FIELD_KEYS", "short", "GRIP_FIELD_KEYS: must be Fernet keys"),
        ("GRIP_BUS_URL", "amqp://u:a/b@c/", "GRIP_BUS_URL: must be amqp://user:password@host:port"),
        ("GRIP_SMTP_URL", "smtp://u:a/b@c", "GRIP_SMTP_URL: must be smtp://user:password@host"),
        ("GRIP_ENV", "staging", "GRIP_ENV: "),
        ("GRIP_ENV", "production", "GRIP_SECRET_KEY needs at least 32"),
    ],
)
def test_a_wrong_setting_is_named(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GRIP_DATA_DIR", str(tmp_path))
    monkeypatch.setenv(name, value)
    with pytest.raises(Fault) as fault:
        read_settings("booking")
    assert said in str(fault.value)


@pytest.mark.parametrize("service", ["booking", "cohort", "notify"])
@pytest.mark.parametrize(
    "url",
    [
        "sEcr",
        "postgres://grip:sEcr@db/grip",
        "postgresql://grip:sEcr/et@db/grip",
        "postgresql://grip:sEcr@et@db/grip",
        "postgresql://grip:et@db:sEcr/grip",
        "sqlite://sEcr/grip.sqlite3",
    ],
)
def test_a_database_url_that_makes_no_sense_is_named_and_not_repeated(
    service: str, url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GRIP_DATA_DIR", str(tmp_path))
    monkeypatch.setenv(f"GRIP_{service.upper()}_DATABASE_URL", url)
    with pytest.raises(Fault) as fault:
        read_settings(service)
    assert f"GRIP_{service.upper()}_DATABASE_URL: must be sqlite:///path or" in str(fault.value)
    assert "sEcr" not in str(fault.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://grip:sEcr%2Fet@db:5432/grip",
        "postgresql:///grip?host=/run/postgresql",
        "sqlite:////srv/a@b#c/grip.sqlite3",
        "sqlite://",
    ],
)
def test_a_database_url_that_makes_sense_is_taken(url: str) -> None:
    assert CohortSettings(cohort_database_url=url).database_url == url


@pytest.mark.parametrize("host", ["no.such.host.invalid", "::1", "a" * 80])
def test_a_host_nobody_knows_is_said_to_be_unknown(host: str) -> None:
    with pytest.raises(Fault, match=f"--host {host} is unknown"):
        address_of(host)


def test_only_addresses_of_this_machine_itself_are_loopback() -> None:
    found = {host: is_loopback(address_of(host)) for host in ("localhost", "127.0.0.2", "0.0.0.0")}
    assert found == {"localhost": True, "127.0.0.2": True, "0.0.0.0": False}


def test_a_data_folder_that_cannot_be_made_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GRIP_DATA_DIR", str(tmp_path / "file" / "var"))
    with pytest.raises(Fault, match="GRIP_DATA_DIR can't be used"):
        read_settings("booking")


def test_a_misspelled_variable_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIP_TWILLIO_FROM", "+12075550100")
    assert unknown_variables() == ["GRIP_TWILLIO_FROM"]


def test_the_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from services.__main__ import build_parser; build_parser().format_help();"
        "heavy = {'sqlalchemy', 'flask', 'kombu', 'twilio', 'pydantic'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
