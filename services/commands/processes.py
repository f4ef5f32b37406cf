"""`grip serve` and `grip work`: one service's web processes and its workers."""

from __future__ import annotations

import os
import sys
import threading
from argparse import Namespace
from pathlib import Path

from services.commands.schema import await_database
from services.commands.serving import heed_signals, wait_for_stop
from services.commands.system import build_service, bus_of, read_settings
from shared import logs
from shared.cli import Fault, say
from shared.clock import SystemClock
from shared.entropy import SystemEntropy
from shared.runtime import Runner, Worker
from shared.service import Parts

PORTS = {"booking": 8001, "cohort": 8002, "notify": 8003}
THREADS = 16
DRAIN_S = 8
KEEP_ALIVE_S = 130
"""Longer than a proxy keeps an idle connection (Caddy: 120 s).

A form that it sends on one which was just closed here would be lost, and may not be sent twice.
"""


def serve(arguments: Namespace) -> int:
    """Become gunicorn for one service; SIGTERM lets requests in flight finish."""
    read_settings(arguments.service)
    bind = arguments.bind or f"127.0.0.1:{PORTS[arguments.service]}"
    words = [
        *("--bind", bind, "--workers", str(arguments.workers)),
        *("--worker-class", "gthread", "--threads", str(THREADS)),
        *("--keep-alive", str(KEEP_ALIVE_S)),
        *("--graceful-timeout", str(DRAIN_S), "--timeout", "60", "--no-control-socket"),
        *("--worker-tmp-dir", "/dev/shm" if Path("/dev/shm").is_dir() else "/tmp"),  # noqa: S108
        *("--log-level", "warning", f"services.commands.wsgi:make('{arguments.service}')"),
    ]
    say(f"{arguments.service} serves on {bind} with {arguments.workers} processes")
    os.execv(sys.executable, [sys.executable, "-P", "-m", "gunicorn", *words])  # noqa: S606


def work(arguments: Namespace) -> int:
    """Run one service's relay, consumer and periodic steps until SIGTERM.

    Waits for a database that is away; refuses one that is not migrated.
    """
    settings = read_settings(arguments.service)
    logs.set_up(json_lines=settings.env == "production")
    if settings.bus_is_local:
        raise Fault(
            "GRIP_BUS_URL must name a RabbitMQ broker, such as amqp://guest:guest@127.0.0.1:5672/. "
            "The in-process bus works within `grip up` only."
        )
    stopping = threading.Event()
    parts = Parts(SystemClock(), SystemEntropy(), stopping.is_set)
    service = build_service(arguments.service, settings, parts)
    bus = bus_of(settings)
    heed_signals(stopping)
    if not await_database(service, stopping):
        return 0
    runner = Runner(parts.clock)
    runner.add(Worker(service, bus))
    runner.start()
    say(f"{arguments.service} works")

    def stop() -> None:
        runner.stop()
        bus.close()
        service.database.dispose()

    wait_for_stop(stopping, stop)
    return 0
