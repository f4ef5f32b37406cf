"""Builds the three services from the environment; the list of services stands here."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings
from sqlalchemy.exc import ArgumentError

from services.commands.schema import refuse_foreign
from shared.bus.connect import make_bus
from shared.bus.messages import BusAway, Topology
from shared.cli import Fault
from shared.clock import Clock, SystemClock
from shared.db import migrate
from shared.entropy import Entropy, SystemEntropy
from shared.service import Parts, Service
from shared.settings import GripSettings, local_secret
from shared.web.health import watch

if TYPE_CHECKING:
    from shared.bus.messages import Bus

NAMES = ("booking", "cohort", "notify")


@dataclass(frozen=True, slots=True)
class System:
    """The three services and the bus between them."""

    services: Mapping[str, Service]
    settings: Mapping[str, GripSettings]
    bus: Bus
    parts: Parts

    def topology(self) -> Topology:
        """Every queue and what it is bound to."""
        return topology(self.services)

    def migrate(self, tell: Callable[[str], None] = lambda _line: None) -> None:
        """Bring every database and the bus to what this release needs.

        Raises `Fault` for a database that another release wrote, and while the broker is away.
        """
        for service in self.services.values():
            refuse_foreign(service)
            if migrate.upgrade(service.database, service.migrations, service.metadata):
                tell(f"{service.name}: database is up to date now")
        try:
            self.bus.declare(self.topology())
        except BusAway as error:
            raise Fault(f"the broker at GRIP_BUS_URL can't be used: {error}") from None

    def close(self) -> None:
        """Let go of every connection."""
        self.bus.close()
        for service in self.services.values():
            service.database.dispose()


def topology(services: Mapping[str, Service]) -> Topology:
    """Each service's queue with the event types that it subscribes to."""
    return Topology(
        {
            name: frozenset(event.TYPE for event in service.subscriptions)
            for name, service in services.items()
        }
    )


def read_settings(name: str, **given: Any) -> GripSettings:
    """One service's settings from the environment. Raises `Fault` naming each wrong variable.

    The embedded set-up makes its own secret in the data folder when none is given.
    """
    kind: type[GripSettings] = getattr(
        import_module(f"services.{name}.settings"), f"{name.title()}Settings"
    )
    try:
        settings = kind(**given)
        if settings.env == "embedded" and not settings.secret_key.get_secret_value():
            settings = kind(
                **given, secret_key=SecretStr(local_secret(settings.data_dir, SystemEntropy()))
            )
    except ValidationError as error:
        raise Fault("\n".join(_problems(error, kind))) from None
    except OSError as error:
        raise Fault(f"GRIP_DATA_DIR can't be used: {error.strerror}: {error.filename}") from None
    return settings


def build_service(name: str, settings: GripSettings, parts: Parts) -> Service:
    """One service. Raises `Fault` when its settings can't be worked with."""
    try:
        built: Service = import_module(f"services.{name}.bootstrap").build(settings, parts)
    except (ValueError, ArgumentError) as error:
        raise Fault(f"{name}: {error}") from None
    except OSError as error:
        raise Fault(
            f"{name}: the folder of its database can't be made: {error.strerror}: {error.filename}"
        ) from None
    watch(built)
    return built


def build_system(
    *,
    clock: Clock | None = None,
    entropy: Entropy | None = None,
    bus: Bus | None = None,
    stopping: Callable[[], bool] = lambda: False,
    **given: Any,
) -> System:
    """All three services, each with the settings of the environment and `given`."""
    parts = Parts(clock or SystemClock(), entropy or SystemEntropy(), stopping)
    settings = {name: read_settings(name, **given) for name in NAMES}
    services = {name: build_service(name, settings[name], parts) for name in NAMES}
    return System(services, settings, bus or bus_of(settings["booking"]), parts)


def bus_of(settings: GripSettings) -> Bus:
    """The bus that the settings name. Raises `Fault` when the URL makes no sense."""
    try:
        return make_bus(settings.bus_url.get_secret_value())
    except ValueError as error:
        raise Fault(str(error)) from None


def _problems(error: ValidationError, kind: type[BaseSettings]) -> list[str]:
    lines = []
    for each in error.errors(include_input=False, include_url=False):
        where = "_".join(str(part) for part in each["loc"][:1])
        said = each["msg"].removeprefix("Value error, ")
        variable = f"GRIP_{where.upper()}: " if where in kind.model_fields else ""
        lines += [f"{variable}{part}" for part in said.split("; ")]
    return lines


def unknown_variables() -> list[str]:
    """Variables that begin with GRIP_ and that no setting reads: a misspelling, most likely."""
    known = {
        f"GRIP_{field.upper()}"
        for name in NAMES
        for field in getattr(
            import_module(f"services.{name}.settings"), f"{name.title()}Settings"
        ).model_fields
    }
    return sorted(
        each
        for each in os.environ
        if each.startswith("GRIP_") and not each.startswith("GRIP_TEST_") and each not in known
    )
