"""`grip up`: the whole system in one process."""

from __future__ import annotations

import fcntl
import os
import threading
from argparse import Namespace
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from services.commands.demo import plant_demo
from services.commands.seed import plant_first_run
from services.commands.serving import (
    OneOrigin,
    WebServer,
    address_of,
    heed_signals,
    is_loopback,
    wait_for_stop,
)
from services.commands.system import System, build_system, read_settings
from shared import logs
from shared.bus.replay import DiffReplay
from shared.cli import Fault, say
from shared.runtime import Runner, Worker
from shared.service import Job
from shared.settings import GripSettings

HOST = "127.0.0.1"


def run(arguments: Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    logs.set_up(level="WARNING" if not arguments.verbose else "INFO")
    settings = read_settings("booking")
    if settings.env != "embedded":
        raise Fault(
            "grip up is the embedded set-up. With GRIP_ENV=production run "
            "`grip migrate`, then `grip serve` and `grip work` for each service."
        )
    urls = _local_url(settings, arguments)
    lock = _take_lock(settings.data_dir)
    stopping = threading.Event()
    system = build_system(stopping=stopping.is_set, **urls)
    web = WebServer(_one_origin(system), host=arguments.host, port=arguments.port)
    system.migrate()
    if arguments.demo:
        plant_demo(system)
    link = plant_first_run(system)
    runner = _runner(system)
    heed_signals(stopping)
    web.start()
    runner.start()
    _welcome(system, link)
    wait_for_stop(stopping, lambda: _stop(web, runner, system))
    lock.close()
    return 0


def _local_url(settings: GripSettings, arguments: Namespace) -> dict[str, Any]:
    """The address links begin with, unless the environment names one.

    Raises `Fault` when other machines may come and nothing says by which address.
    """
    address = address_of(arguments.host)
    if "public_base_url" in settings.model_fields_set:
        return {}
    if not is_loopback(address):
        raise Fault(
            f"--host {arguments.host} lets other machines in: set GRIP_PUBLIC_BASE_URL to the "
            f"address they use, such as http://grip.local:{arguments.port}. Links begin with it, "
            "and other machines get no answer under another name."
        )
    return {"public_base_url": f"http://{arguments.host}:{arguments.port}"}


def _take_lock(data_dir: Path) -> IO[str]:
    """Hold the data folder for this process. Raises `Fault` when another one has it."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (data_dir / "lock").open("a+")
    except OSError as error:
        raise Fault(f"GRIP_DATA_DIR can't be used: {error.strerror}: {error.filename}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        raise Fault(
            f"Grip is already running on {data_dir} (process {lock.read().strip() or '?'}). "
            "Stop it first, or set GRIP_DATA_DIR to another folder."
        ) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _one_origin(system: System) -> OneOrigin:
    return OneOrigin({name: service.app for name, service in system.services.items()})


def _runner(system: System) -> Runner:
    runner = Runner(system.parts.clock)
    for service in system.services.values():
        runner.add(Worker(service, system.bus))
    if system.settings["booking"].bus_is_local:
        for publisher in system.services.values():
            for consumer in system.services.values():
                replay = DiffReplay(
                    publisher=publisher.database,
                    consumer=consumer.database,
                    types=system.topology().bindings[consumer.name],
                    bus=system.bus,
                )
                name = f"replay-{publisher.name}-{consumer.name}"
                runner.tick(name, Job(name, timedelta(seconds=1), replay.step))
    return runner


def _welcome(system: System, link: str) -> None:
    settings = system.settings["notify"]
    texts = "by Twilio" if settings.sends_texts else "captured, not sent"
    email = "by SMTP" if settings.sends_email else "captured, not sent"
    base = settings.public_base_url
    say(f"Grip is running for {settings.practice_name}.")
    say()
    say(f"  Booking page     {base}/booking/")
    say(f"  Staff sign-in    {link}")
    say("                   (works once, for 24 hours; a new one is printed at every start)")
    say(f"  Messages         {base}/notify/outbox   (texts: {texts}; email: {email})")
    say()
    say("Ctrl-C stops it. Everything is kept in " + str(settings.data_dir.resolve()))


def _stop(web: WebServer, runner: Runner, system: System) -> None:
    web.stop(within_s=5.0)
    runner.stop(within_s=4.0)
    system.close()
