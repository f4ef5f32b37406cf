"""The deployment files: right by their schemas, and saying the same as the program.

No container is started here; what can be held without one is held.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from ruamel.yaml import YAML

from services.__main__ import build_parser
from services.commands.system import build_system
from shared.bus.memory import MemoryBus
from tests.running.router import service_of
from tests.unit.tooling.environment import example_names, setting_names

ROOT = Path(__file__).parents[3]
COMPOSE = ROOT / "docker-compose.yml"
SERVICES = ("booking", "cohort", "notify")
CADDY = shutil.which("caddy")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return YAML(typ="safe").load(COMPOSE)


@pytest.fixture
def three_apps(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """The Flask app of each service."""
    secret = SecretStr("tests-only-secret-of-more-than-thirty-two-characters")
    system = build_system(secret_key=secret, data_dir=tmp_path, bus=MemoryBus())
    yield {name: service.app for name, service in system.services.items()}
    system.close()


def tool(name: str) -> str:
    """A program that the locked test requirements brought."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or name


def test_compose_file_follows_the_compose_specification() -> None:
    done = subprocess.run(
        [tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", str(COMPOSE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    done = subprocess.run(
        [tool("hadolint"), str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_service_has_a_web_process_and_a_worker(compose: dict[str, Any]) -> None:
    commands = {name: part.get("command") for name, part in compose["services"].items()}
    for service in SERVICES:
        assert commands[f"{service}-web"][:2] == ["serve", service]
        assert commands[f"{service}-worker"] == ["work", service]
    assert commands["migrate"] == ["migrate"]


def test_every_command_is_one_that_the_command_line_takes(compose: dict[str, Any]) -> None:
    for part in compose["services"].values():
        if part.get("image") == "grip:local":
            build_parser().parse_args(part["command"])


def test_every_dependency_is_defined_and_can_reach_its_condition(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, part in services.items():
        for target, how in part.get("depends_on", {}).items():
            assert target in services, f"{name} waits for {target}"
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[target], f"{target} never becomes healthy"


def test_named_volumes_and_networks_are_defined_and_used(compose: dict[str, Any]) -> None:
    mounts = [m for part in compose["services"].values() for m in part.get("volumes", [])]
    named = {mount.split(":")[0] for mount in mounts if not mount.startswith(".")}
    assert named == set(compose["volumes"])
    networks = {n for part in compose["services"].values() for n in part.get("networks", [])}
    assert networks == set(compose["networks"])


def test_mounted_files_exist(compose: dict[str, Any]) -> None:
    for part in compose["services"].values():
        for mount in part.get("volumes", []):
            if mount.startswith("."):
                assert (ROOT / mount.split(":")[0]).exists(), mount


def test_only_the_proxy_is_reachable_from_elsewhere(compose: dict[str, Any]) -> None:
    for name, part in compose["services"].items():
        for port in part.get("ports", []):
            assert name == "caddy" or port.startswith("127.0.0.1:"), f"{name} publishes {port}"


def test_a_process_gets_only_its_own_database_and_only_notify_the_vendors(
    compose: dict[str, Any],
) -> None:
    for service in SERVICES:
        for kind in ("web", "worker"):
            names = set(compose["services"][f"{service}-{kind}"]["environment"])
            databases = {name for name in names if name.endswith("_DATABASE_URL")}
            assert databases == {f"GRIP_{service.upper()}_DATABASE_URL"}
            vendors = {n for n in names if n.startswith(("GRIP_TWILIO", "GRIP_SMTP"))}
            assert bool(vendors) == (service == "notify")


def test_every_setting_named_in_the_compose_file_is_one(compose: dict[str, Any]) -> None:
    given = {n for part in compose["services"].values() for n in part.get("environment", {})}
    assert {name for name in given if name.startswith("GRIP_")} <= setting_names()


def test_every_setting_reaches_some_process(compose: dict[str, Any]) -> None:
    given = {n for part in compose["services"].values() for n in part.get("environment", {})}
    assert setting_names() - given == set()


def test_every_value_the_compose_file_asks_for_stands_in_the_example() -> None:
    asked = set(re.findall(r"\$\{([A-Z0-9_]+)", COMPOSE.read_text()))
    assert asked <= example_names(ROOT / ".env.example")


def test_database_script_makes_the_roles_that_the_addresses_use(compose: dict[str, Any]) -> None:
    script = (ROOT / "deploy/postgres/10-services.sh").read_text()
    looped = re.search(r"for service in (.+); do", script)
    assert looped is not None
    assert looped[1].split() == list(SERVICES)
    for service in SERVICES:
        url = compose["services"]["migrate"]["environment"][f"GRIP_{service.upper()}_DATABASE_URL"]
        assert url.startswith(f"postgresql://grip_{service}:")
        assert url.endswith(f"/grip_{service}")
        assert (
            f"{service.upper()}_DATABASE_PASSWORD" in compose["services"]["postgres"]["environment"]
        )


def caddy_routes() -> dict[str, set[str]]:
    """Which paths of the Caddyfile go to which process; the catch-all under "*"."""
    text = (ROOT / "deploy/Caddyfile").read_text()
    matchers = dict(re.findall(r"^\t@(\w+) path (.+)$", text, re.MULTILINE))
    handled = re.findall(r"^\thandle (?:@(\w+) )?\{\n\t\timport to (\S+)$", text, re.MULTILINE)
    return {target: set(matchers[name].split()) if name else {"*"} for name, target in handled}


def test_caddy_sends_each_prefix_to_its_service(compose: dict[str, Any]) -> None:
    routes = caddy_routes()
    assert routes == {
        "cohort-web": {"/cohort", "/cohort/*"},
        "notify-web": {"/notify", "/notify/*", "/r/*"},
        "booking-web": {"*"},
    }
    assert set(routes) <= set(compose["services"])


def test_every_route_of_a_service_arrives_there(three_apps: dict[str, Any]) -> None:
    for service, app in three_apps.items():
        for rule in app.url_map.iter_rules():
            if rule.rule != "/favicon.ico":  # the same in all, and asked for at the root
                assert service_of(rule.rule) == service, f"{service} has {rule.rule}"


def test_stand_in_for_caddy_in_the_tests_goes_by_the_same_rules() -> None:
    for target, paths in caddy_routes().items():
        for path in paths - {"*"}:
            assert f"{service_of(path.replace('*', 'x'))}-web" == target
    for path in ("/booking/", "/booking/m/x?tz=y", "/favicon.ico", "/cohorts", "/rest"):
        assert service_of(path) == "booking"


@pytest.mark.skipif(CADDY is None, reason="no caddy here")
def test_caddy_accepts_its_file() -> None:
    done = subprocess.run(
        [str(CADDY), "adapt", "--config", str(ROOT / "deploy/Caddyfile"), "--adapter", "caddyfile"],
        env={"GRIP_PUBLIC_BASE_URL": "https://grip.example.org", "HOME": "/tmp"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
