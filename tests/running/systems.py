"""Grip whole, in both ways that it runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import requests
from pydantic import SecretStr

from services.commands.system import build_system
from shared.bus.memory import MemoryBus
from tests.running.process import GRIP, SERVICES, Process, free_port, run, until
from tests.running.router import Router
from tests.running.rows import waiting

NAMES = ("booking", "cohort", "notify")
SECRET = "tests-only-secret-of-more-than-thirty-two-characters"
BASE = {
    "GRIP_SECRET_KEY": SECRET,
    "GRIP_RATE_LIMIT_SCALE": "1000",
    "GRIP_SPAM_CHECK": "off",
    "GRIP_UNDO_S": "1",
}
_SIGN_IN = re.compile(r"https?://\S+/cohort/sign-in\?token=[\w.~-]+")


def sign_in_link(text: str) -> str | None:
    """The one-time link in what a command printed."""
    found = _SIGN_IN.search(text)
    return found[0] if found else None


def answers(url: str) -> bool:
    """Whether a GET brings a 200."""
    try:
        return requests.get(url, timeout=5).status_code == 200
    except requests.RequestException:
        return False


class Embedded:
    """`./grip up` on SQLite files in a folder of its own."""

    names = NAMES

    def __init__(self, folder: Path, *, demo: bool = False, **settings: str) -> None:
        self.folder = folder
        self._demo = ["--demo"] if demo else []
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "grip.log"
        self.env = {**BASE, "GRIP_DATA_DIR": str(folder / "data"), **settings}
        self.env["GRIP_PUBLIC_BASE_URL"] = self.url
        self.process: Process

    def start(self) -> None:
        """Start it, or start it again, and wait until it answers."""
        words = [*GRIP, "up", "--port", str(self.port), *self._demo]
        self.process = Process(words, env=self.env, log=self.log)
        self.process.until_printed(
            lambda _: answers(f"{self.url}/booking/healthz"), "an answer", within_s=60
        )

    def sign_in_link(self) -> str:
        """The link that the first start printed."""
        return self.process.until_printed(sign_in_link, "a sign-in link", within_s=20)

    def database_url(self, service: str) -> str:
        """Where a service's rows are."""
        return f"sqlite:///{self.folder / 'data' / f'{service}.sqlite3'}"

    def stop(self) -> None:
        """End it."""
        self.process.stop()
        print_logs(self.folder)


class Separate:
    """Each service's web process and worker on their own, behind one origin."""

    names: tuple[str, ...] = NAMES
    """The services that were started."""

    def __init__(self, folder: Path, *, databases: Mapping[str, str], bus_url: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.databases = dict(databases)
        self.env = {
            **BASE,
            "GRIP_DATA_DIR": str(folder / "data"),
            "GRIP_PUBLIC_BASE_URL": self.url,
            "GRIP_BUS_URL": bus_url,
            **{f"GRIP_{name.upper()}_DATABASE_URL": databases[name] for name in NAMES},
        }
        self.web: dict[str, list[Process]] = {}
        self.workers: dict[str, Process] = {}
        self._ports: dict[str, list[int]] = {}
        self._router: Router | None = None
        self._link = ""

    def prepare(self) -> None:
        """Schema, topology and the first account."""
        run(["migrate"], env=self.env, cwd=self.folder)
        link = sign_in_link(run(["seed"], env=self.env, cwd=self.folder))
        assert link, "no sign-in link was printed"
        self._link = link

    def start(self, *, web: int = 1, services: tuple[str, ...] = NAMES) -> None:
        """Start `web` web processes and one worker for each service, and wait until all answer."""
        self.names = services
        for name in services:
            self._ports[name] = [free_port() for _ in range(web)]
            self.web[name] = [self._serve(name, port) for port in self._ports[name]]
            log = self.folder / f"{name}-worker.log"
            self.workers[name] = Process([*SERVICES, "work", name], env=self.env, log=log)
        for name in services:
            for port, process in zip(self._ports[name], self.web[name], strict=True):
                url = f"http://127.0.0.1:{port}/{name}/readyz"
                process.until_printed(lambda _, u=url: answers(u), f"{name} ready", within_s=60)
        self._router = Router(self.port, self._ports)

    def _serve(self, name: str, port: int) -> Process:
        words = [*SERVICES, "serve", name, "--bind", f"127.0.0.1:{port}"]
        return Process(words, env=self.env, log=self.folder / f"{name}-web-{port}.log")

    def direct(self, name: str, nth: int) -> str:
        """The address of one web process, past the proxy."""
        return f"http://127.0.0.1:{self._ports[name][nth]}"

    def sign_in_link(self) -> str:
        """The link of the first account."""
        return self._link

    def database_url(self, service: str) -> str:
        """Where a service's rows are."""
        return self.databases[service]

    def stop(self) -> None:
        """End all of it."""
        every = [*self.workers.values(), *(p for processes in self.web.values() for p in processes)]
        for process in every:
            process.terminate()
        for process in every:
            process.stop()
        if self._router is not None:
            self._router.close()
        print_logs(self.folder)


def print_logs(folder: Path) -> None:
    """Print what went wrong in the processes; pytest shows it beside a test that failed."""
    for log in sorted(folder.glob("*.log")):
        lines = [line for line in log.read_text().splitlines() if "[info" not in line]
        print(f"== {log.name}", *lines[-20:], sep="\n")


System = Embedded | Separate


def settled(system: System, *, within_s: float = 60) -> None:
    """Wait until every event is published and handled by each service that hears it."""
    left: list[str] = []
    hears = bindings(system.env)

    def look() -> bool:
        left[:] = waiting(system.database_url, hears={name: hears[name] for name in system.names})
        return not left

    try:
        until(look, "all events handled", within_s=within_s)
    except AssertionError as error:
        raise AssertionError("; ".join([str(error), *left[:10]])) from None


def bindings(env: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    """The event types that each service hears."""
    built = build_system(
        secret_key=SecretStr(SECRET), data_dir=Path(env["GRIP_DATA_DIR"]), bus=MemoryBus()
    )
    try:
        return built.topology().bindings
    finally:
        built.close()
