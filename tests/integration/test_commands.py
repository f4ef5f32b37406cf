"""Verbs used wrongly, or while something they need is not there: one sentence, no traceback."""

from __future__ import annotations

import logging
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from services.__main__ import main
from services.commands.system import System, build_system
from shared.bus.memory import MemoryBus
from shared.db import migrate
from tests.running.process import SERVICES, Process, environment, free_port

NAMES = ("booking", "cohort", "notify")

NEEDS_DATABASE = [
    ["dead", "list"],
    ["dead", "retry", "x"],
    ["replay", "booking", "--since", "2027-01-04"],
    ["staff", "add", "rosa@example.org", "--role", "admin"],
]
"""Verbs that read the databases and don't migrate them."""


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A data folder of its own; logging is as it was after the test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    for name in os.environ.keys() - environment({}).keys():
        monkeypatch.delenv(name)
    monkeypatch.setenv("GRIP_DATA_DIR", str(tmp_path))
    yield tmp_path
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def system(folder: Path) -> Iterator[System]:
    """The three services on migrated databases in the folder."""
    built = build_system(bus=MemoryBus())
    built.migrate()
    yield built
    built.close()


def refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What a verb says when it refuses: lines that begin with grip:, and exit 2."""
    assert main(words) == 2
    said = capsys.readouterr().err
    assert all(line.startswith("grip: ") for line in said.splitlines()), said
    return said


@pytest.mark.parametrize(
    "words", [["migrate"], ["seed"], *NEEDS_DATABASE], ids=lambda words: " ".join(words[:2])
)
def test_a_server_that_refuses_connections_is_one_sentence(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in NAMES:
        url = f"postgresql://grip:sEcr@127.0.0.1:{free_port()}/grip"
        monkeypatch.setenv(f"GRIP_{name.upper()}_DATABASE_URL", url)
    said = refused(words, capsys)
    assert said.startswith("grip: the database can't be used: connection failed: ")
    assert said.endswith("Connection refused; run ./grip doctor, or ./grip migrate\n")
    assert "sEcr" not in said


@pytest.mark.parametrize("words", NEEDS_DATABASE, ids=lambda words: " ".join(words[:2]))
def test_verbs_before_migrate_say_so(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(words, capsys)
    assert "the database can't be used: no such table: " in said
    assert said.endswith("./grip migrate\n")


def test_verbs_before_migrate_say_so_on_postgres(
    postgres_url: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("GRIP_BOOKING_DATABASE_URL", postgres_url("booking"))
    said = refused(["dead", "list"], capsys)
    assert said == (
        'grip: the database can\'t be used: relation "inbox" does not exist; '
        "run ./grip doctor, or ./grip migrate\n"
    )


@pytest.mark.parametrize("words", [["migrate"], ["work", "booking"], ["up"], ["dead", "list"]])
def test_a_password_with_a_slash_is_not_printed(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GRIP_BUS_URL", "amqp://grip:sEcr/et@rabbit/")
    said = refused(words, capsys)
    assert said.startswith("grip: GRIP_BUS_URL: must be amqp://user:password@host:port/vhost")
    assert "sEcr" not in said


def test_the_doctor_prints_no_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    for name, url in {
        "BOOKING_DATABASE": f"postgresql://grip:sEcr@127.0.0.1:{port}/grip",
        "COHORT_DATABASE": f"postgresql://127.0.0.1:{port}/grip?password=sEcr",
        "BUS": f"amqp://grip:sEcr@127.0.0.1:{port}/",
    }.items():
        monkeypatch.setenv(f"GRIP_{name}_URL", url)
    assert main(["doctor"]) == 1
    said = capsys.readouterr()
    assert said.out.count("onnection refused") == 3
    assert "sEcr" not in said.out + said.err


@pytest.mark.parametrize("variable", ["GRIP_BOOKING_DATABASE_URL", "GRIP_BUS_URL"])
def test_the_doctor_names_an_address_that_makes_no_sense(
    variable: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(variable, "garbage")
    assert main(["doctor"]) == 1
    assert f"{variable}: must be " in capsys.readouterr().out


def test_a_folder_that_cannot_hold_a_database_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "file").write_text("")
    monkeypatch.setenv("GRIP_BOOKING_DATABASE_URL", f"sqlite:///{folder}/file/booking.sqlite3")
    assert str(folder / "file") in refused(["migrate"], capsys)


def test_a_broker_that_is_away_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GRIP_BUS_URL", f"amqp://guest:guest@127.0.0.1:{free_port()}/")
    said = refused(["migrate"], capsys)
    assert said.startswith("grip: the broker at GRIP_BUS_URL can't be used: ")


def test_a_revision_for_an_unknown_service_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(["migrate", "--new", "nobody", "more"], capsys)
    assert "no service 'nobody'" in said
    assert "booking, cohort, notify" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["notanemail"], "email: Enter an email address"),
        (["rosa@example.org", "--name", " "], "name: Enter a name"),
    ],
)
def test_staff_are_added_by_the_rules_of_the_staff_page(
    words: list[str], said: str, system: System, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in refused(["staff", "add", *words, "--role", "admin"], capsys)


def test_a_member_of_the_staff_gets_a_link_and_is_not_added_twice(
    system: System, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["staff", "add", "rosa@example.org", "--role", "admin"]
    assert main(words) == 0
    assert "/cohort/sign-in?token=" in capsys.readouterr().out
    assert "has this email already" in refused(words, capsys)


def test_up_lets_other_machines_in_only_by_a_known_address(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = refused(["up", "--host", "0.0.0.0"], capsys)
    assert "set GRIP_PUBLIC_BASE_URL" in said


def test_up_on_a_host_that_is_unknown_or_elsewhere_says_host(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GRIP_PUBLIC_BASE_URL", "http://grip.example")
    assert "no.such.invalid is unknown" in refused(["up", "--host", "no.such.invalid"], capsys)
    assert "try another --host" in refused(["up", "--host", "192.0.2.1"], capsys)


@pytest.mark.parametrize(
    "words", [["up", "--port", str(free_port())], ["migrate"], ["migrate", "--new", "cohort", "x"]]
)
def test_a_database_of_an_unknown_release_is_one_sentence(
    words: list[str], system: System, folder: Path
) -> None:
    _age(folder / "cohort.sqlite3")
    done = subprocess.run(
        [*SERVICES, *words],
        env=environment({"GRIP_DATA_DIR": str(folder)}),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("grip: the database of cohort is at revision 9999, which this ")
    assert len(done.stderr.splitlines()) == 1


def test_the_doctor_tells_a_newer_database_from_one_to_migrate(
    system: System, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _age(folder / "cohort.sqlite3")
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "revision 9999" in said
    assert "./grip migrate" not in said


def _age(path: Path) -> None:
    """Make a database one of a release to come."""
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def worker(folder: Path, **settings: str) -> Process:
    """`grip work booking` without a broker."""
    env = {
        "GRIP_DATA_DIR": str(folder),
        "GRIP_BUS_URL": f"amqp://guest:guest@127.0.0.1:{free_port()}/",
        **settings,
    }
    return Process([*SERVICES, "work", "booking"], env=env, log=folder / "work.log")


def test_a_worker_on_a_database_that_is_not_migrated_says_so_and_ends(folder: Path) -> None:
    process = worker(folder)
    assert process.wait(30) == 2
    assert process.text == ("grip: the database of booking is not up to date: run ./grip migrate\n")


def test_a_worker_runs_on_a_database_that_a_newer_release_migrated(
    system: System, folder: Path
) -> None:
    _age(folder / "booking.sqlite3")
    process = worker(folder)
    process.until_printed(lambda text: "booking works" in text, "its start", within_s=30)
    process.terminate()
    assert process.wait(15) == 0


def test_a_worker_told_to_stop_while_its_database_is_away_ends_well(folder: Path) -> None:
    url = f"postgresql://grip:sEcr@127.0.0.1:{free_port()}/grip"
    process = worker(folder, GRIP_BOOKING_DATABASE_URL=url)
    process.until_printed(lambda text: "away, waiting" in text, "that it waits", within_s=30)
    process.terminate()
    assert process.wait(10) == 0
    assert "Traceback" not in process.text
    assert "sEcr" not in process.text


def test_a_worker_begins_when_its_database_comes(
    folder: Path, postgres_server: str, postgres_url: Callable[[str], str]
) -> None:
    ready = postgres_url("booking")
    built = build_system(bus=MemoryBus(), booking_database_url=ready)
    service = built.services["booking"]
    migrate.upgrade(service.database, service.migrations, service.metadata)
    built.close()
    name = make_url(ready).database
    _rename(postgres_server, f"{name}", f"{name}_away")
    process = worker(folder, GRIP_BOOKING_DATABASE_URL=ready)
    try:
        process.until_printed(lambda text: "away, waiting" in text, "that it waits", within_s=30)
    finally:
        _rename(postgres_server, f"{name}_away", f"{name}")
    process.until_printed(lambda text: "booking works" in text, "its start", within_s=30)
    process.terminate()
    assert process.wait(15) == 0
    assert process.text.count("away, waiting") == 1


def _rename(server: str, old: str, new: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{old}" RENAME TO "{new}"')
