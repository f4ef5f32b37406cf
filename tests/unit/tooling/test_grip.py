"""The `grip` script: what it installs, when, and what it says when it cannot.

A stand-in Python makes "environments" at once and writes down what pip was asked for, so the
script is tried in every situation without a network.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "grip"
TOOLS = [
    *("basename", "cat", "cksum", "cp", "dirname", "env", "grep", "mkdir", "mv", "readlink"),
    *("rm", "rmdir", "sleep", "tail"),
]

FAKE_PYTHON = """#!/bin/sh
# Stands in for a system Python and for the one inside .venv.
if [ "$1" = -c ]; then
  case $2 in
    *ensurepip*) exit "${FAKE_NO_VENV:-0}" ;;
    *print*) echo "${FAKE_VERSION:-3.14}"; exit 0 ;;
    *"(3, 11)"*) case ${FAKE_VERSION:-3.14} in 2.*|3.[0-9]|3.10) exit 1 ;; esac; exit 0 ;;
  esac
fi
if [ "$1 $2" = "-m venv" ]; then
  echo "venv $4" >>"$FAKE_LOG"
  rm -rf "$4"; mkdir -p "$4/bin"; cp "$0" "$4/bin/python"
  exit 0
fi
if [ "$1 $2" = "-m pip" ]; then
  for last; do :; done
  echo "pip start $(basename "$last") $*" >>"$FAKE_LOG"
  if [ -n "${FAKE_PIP_SLEEP:-}" ]; then sleep "$FAKE_PIP_SLEEP"; fi
  if [ "${FAKE_PIP_EXIT:-0}" != 0 ]; then echo "ERROR: no matching distribution"; exit 1; fi
  echo "pip end" >>"$FAKE_LOG"
  exit 0
fi
exec "$REAL_PYTHON" "$@"
"""

MAIN = "import os, sys\nprint('|'.join(sys.argv[1:]))\nprint(os.getcwd())\nprint(sys.path[0])\n"


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: list[str]
    err: str


@dataclass(frozen=True, slots=True)
class Clone:
    """A copy of the project's root in a folder of its own, with a PATH of its own."""

    root: Path
    path: Path
    log: Path

    def env(self, **extra: str) -> dict[str, str]:
        return {
            "PATH": str(self.path),
            "HOME": os.environ.get("HOME", "/"),
            "FAKE_LOG": str(self.log),
            "REAL_PYTHON": sys.executable,
            **extra,
        }

    def start(self, *args: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(self.root / "grip"), *args],
            env=self.env(**(env or {})),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *args: str, cwd: Path | None = None, program: str = "", **env: str) -> Ran:
        done = subprocess.run(
            [program or str(self.root / "grip"), *args],
            env=self.env(**env),
            cwd=cwd,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Ran(done.returncode, done.stdout.splitlines(), done.stderr)

    def installs(self) -> list[str]:
        """Which locks pip was asked to install, in order."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line.split()[2] for line in lines if line.startswith("pip start")]

    def set_lock(self, name: str, text: str) -> None:
        (self.root / "requirements" / f"{name}.txt").write_text(text)


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    path = tmp_path / "bin"
    path.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (path / tool).symlink_to(found)
    # dash where there is one: it knows POSIX and little else.
    (path / "sh").symlink_to(shutil.which("dash") or "/bin/sh")
    root = tmp_path / "a practice's clone"
    (root / "services").mkdir(parents=True)
    (root / "requirements").mkdir()
    shutil.copy(SCRIPT, root / "grip")
    (root / "services" / "__main__.py").write_text(MAIN)
    clone = Clone(root, path, tmp_path / "log")
    clone.set_lock("run", "flask==3\n")
    clone.set_lock("dev", "flask==3\npytest==9\n")
    add_python(clone, "python3.14")
    return clone


def add_python(clone: Clone, name: str) -> None:
    fake = clone.path / name
    fake.write_text(FAKE_PYTHON)
    fake.chmod(0o755)


def remove_python(clone: Clone) -> None:
    (clone.path / "python3.14").unlink()


def test_first_start_installs_the_hashed_lock_and_hands_every_word_over(clone: Clone) -> None:
    ran = clone.run("up", "--port", "80 80", "")
    assert ran.code == 0, ran.err
    assert ran.out[0] == "up|--port|80 80|"
    assert clone.installs() == ["run.txt"]
    assert "--require-hashes" in clone.log.read_text()
    assert "installing 1 packages" in ran.err


def test_second_start_installs_nothing_and_says_nothing(clone: Clone) -> None:
    clone.run("up")
    started = time.monotonic()
    ran = clone.run("up")
    assert clone.installs() == ["run.txt"]
    assert ran.err == ""
    assert time.monotonic() - started < 1.0


def test_test_verb_installs_the_test_tools_which_hold_the_run_lock_too(clone: Clone) -> None:
    clone.run("test", "-k", "x")
    clone.run("up")
    assert clone.installs() == ["dev.txt"]


def test_changed_lock_is_installed_again(clone: Clone) -> None:
    clone.run("up")
    clone.set_lock("run", "flask==4\n")
    clone.run("up")
    assert clone.installs() == ["run.txt", "run.txt"]


def test_exit_status_of_the_command_is_passed_on(clone: Clone) -> None:
    (clone.root / "services" / "__main__.py").write_text("raise SystemExit(7)")
    assert clone.run("doctor").code == 7


def test_started_from_anywhere_the_working_folder_stays_and_is_never_imported_from(
    clone: Clone, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "else where"
    (elsewhere / "services").mkdir(parents=True)
    (elsewhere / "services" / "__main__.py").write_text("print('wrong one')")
    ran = clone.run("up", cwd=elsewhere)
    assert ran.out == ["up", str(elsewhere), str(clone.root)]


def test_started_through_links_it_finds_its_own_root(clone: Clone, tmp_path: Path) -> None:
    (tmp_path / "first link").symlink_to(clone.root / "grip")
    (tmp_path / "second").mkdir()
    (tmp_path / "second" / "grip").symlink_to("../first link")
    (clone.path / "grip").symlink_to(tmp_path / "second" / "grip")
    ran = clone.run("up", program=str(clone.path / "grip"), cwd=tmp_path)
    assert ran.out[2] == str(clone.root)


def test_moved_clone_is_installed_again(clone: Clone, tmp_path: Path) -> None:
    clone.run("up")
    moved = Clone(tmp_path / "moved", clone.path, clone.log)
    clone.root.rename(moved.root)
    assert moved.run("up").code == 0
    assert moved.installs() == ["run.txt", "run.txt"]
    assert f"venv {moved.root}/.venv" in clone.log.read_text()


def test_failed_install_starts_nothing_shows_pips_words_and_is_redone(clone: Clone) -> None:
    ran = clone.run("up", FAKE_PIP_EXIT="1")
    assert ran.code == 1
    assert ran.out == []
    assert "no matching distribution" in ran.err
    assert not (clone.root / ".venv.lock").exists()
    assert clone.run("up").code == 0
    assert clone.installs() == ["run.txt", "run.txt"]


def wait_for(path: Path, text: str, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if path.exists() and text in path.read_text():
            return
        time.sleep(0.02)
    raise AssertionError(f"{text!r} never came")


def test_interrupted_install_lets_go_of_the_lock_and_is_redone(clone: Clone) -> None:
    process = clone.start("up", env={"FAKE_PIP_SLEEP": "30"})
    wait_for(clone.log, "pip start")
    process.terminate()
    process.communicate(timeout=10)
    assert process.returncode == 143
    assert not (clone.root / ".venv.lock").exists()
    assert clone.run("up").code == 0
    assert clone.installs() == ["run.txt", "run.txt"]


def test_killed_install_leaves_a_lock_that_the_next_start_breaks(clone: Clone) -> None:
    process = clone.start("up", env={"FAKE_PIP_SLEEP": "30"})
    wait_for(clone.log, "pip start")
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=10)
    assert (clone.root / ".venv.lock").exists()
    assert clone.run("up").code == 0
    assert not (clone.root / ".venv.lock").exists()
    assert clone.installs() == ["run.txt", "run.txt"]


def test_two_started_at_once_install_once(clone: Clone) -> None:
    both = [clone.start("up", env={"FAKE_PIP_SLEEP": "2"}) for _ in range(2)]
    outputs = [process.communicate(timeout=40) for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert clone.installs() == ["run.txt"]


def test_without_any_python_it_says_what_to_install(clone: Clone) -> None:
    remove_python(clone)
    (clone.path / "apt-get").symlink_to("/bin/true")
    ran = clone.run("up")
    assert ran.code == 1
    assert "Python 3.11 or newer (no Python found)" in ran.err
    assert "apt-get install python3 python3-venv" in ran.err


def test_with_an_old_python_only_it_names_the_version_found(clone: Clone) -> None:
    remove_python(clone)
    add_python(clone, "python3")
    ran = clone.run("up", FAKE_VERSION="3.9")
    assert ran.code == 1
    assert "python3 is 3.9" in ran.err


def test_without_the_venv_module_it_names_the_package_of_that_python(clone: Clone) -> None:
    (clone.path / "apt-get").symlink_to("/bin/true")
    ran = clone.run("up", FAKE_NO_VENV="1", FAKE_VERSION="3.12")
    assert ran.code == 1
    assert "apt-get install python3.12-venv" in ran.err
    assert not (clone.root / ".venv").exists()


def test_a_python_that_does_not_start_is_passed_over(clone: Clone) -> None:
    remove_python(clone)
    broken = clone.path / "python3.13"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    add_python(clone, "python3")
    assert clone.run("up").code == 0


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="no shellcheck here")
def test_shellcheck_finds_nothing() -> None:
    done = subprocess.run(
        ["shellcheck", "-s", "sh", str(SCRIPT)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
