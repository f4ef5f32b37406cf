"""Rules about the code as a whole: who may import whom, how long files are, what is banned."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.tooling.environment import example_names, setting_names

ROOT = Path(__file__).parents[1]
SERVICES = ("booking", "cohort", "notify")
LONGEST_FILE = 300


def sources(*folders: str) -> list[Path]:
    return sorted(p for folder in folders for p in (ROOT / folder).rglob("*.py"))


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file it does so."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{short(path)} imports relatively"
            yield node.module or ""


def test_import_contracts_are_kept() -> None:
    program = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert program, "import-linter is not installed"
    done = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[done.stdout.find("Contracts:") :] + done.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_domain_imports_the_standard_library_and_itself_only(service: str) -> None:
    own = f"services.{service}.domain"
    for path in sources(f"services/{service}/domain"):
        for name in imported(path):
            stdlib = name.split(".")[0] in sys.stdlib_module_names
            assert stdlib or name == own or name.startswith(f"{own}."), f"{short(path)}: {name}"


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_has_the_same_rooms(service: str) -> None:
    home = ROOT / "services" / service
    files = {"__init__", "bootstrap", "settings", "consumer", "jobs", "tables", "seed"}
    assert {name for name in files if not (home / f"{name}.py").exists()} == set()
    rooms = {"web", "use_cases", "domain", "migrations"}
    assert {name for name in rooms if not (home / name).is_dir()} == set()
    for either in ("store", "queries"):
        assert (home / f"{either}.py").exists() or (home / either).is_dir(), either
    package = ast.get_docstring(ast.parse((home / "__init__.py").read_text())) or ""
    for word in ("owns", "publishes", "listens to|consumes"):
        assert re.search(word, package.lower()), f"its docstring does not say what it {word}"


def test_no_file_outgrows_the_mind() -> None:
    lengths = {
        short(path): len(path.read_text().splitlines())
        for path in sources("services", "shared", "simulation")
        if "migrations/versions" not in str(path)
    }
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def test_every_module_says_what_it_is() -> None:
    silent = [
        short(path)
        for path in sources("services", "shared", "simulation")
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_the_clock_alone_asks_what_time_it_is() -> None:
    asks = re.compile(r"\bdatetime\.(now|utcnow|today)\(|\bdate\.today\(|\btime\.time(_ns)?\(")
    found = [
        short(path)
        for path in sources("services", "shared", "simulation")
        if asks.search(path.read_text())
    ]
    assert found == ["shared/clock.py"]


def test_chance_comes_from_one_module() -> None:
    for path in sources("services", "shared", "simulation"):
        if short(path) != "shared/entropy.py":
            banned = {"random", "secrets"} & {name.split(".")[0] for name in imported(path)}
            assert not banned, f"{short(path)} imports {banned}"


def test_ruff_bans_what_these_rules_ban() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    for name in ("datetime.datetime.now", "time.time", "uuid.uuid4", "random", "secrets"):
        assert f'"{name}".msg' in text


@pytest.mark.parametrize("name", ["run", "dev"])
def test_lock_holds_hashes_for_everything_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert not re.search(r"https?:|file:|--(extra-)?index-url|--find-links", text)
    for requirement in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in requirement, requirement


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return dict(re.findall(r"^([\w.\[\],-]+==[^ \\]+)(.*)\\$", text, re.MULTILINE))


def test_test_lock_holds_the_run_lock_in_the_same_versions() -> None:
    assert pins("run"), "no pins read"
    assert set(pins("run")) <= set(pins("dev"))


def test_example_environment_lists_every_setting_and_no_other() -> None:
    listed = {name for name in example_names(ROOT / ".env.example") if name.startswith("GRIP_")}
    assert listed - setting_names() == set(), "no settings class reads these"
    assert setting_names() - listed == set(), "these are missing in .env.example"


def test_services_learn_the_environment_from_their_settings_only() -> None:
    reads = re.compile(r"\bos\.environ\b|\bos\.getenv\(")
    folders = ("shared", *(f"services/{name}" for name in SERVICES))
    assert [short(path) for path in sources(*folders) if reads.search(path.read_text())] == []
