"""The real command line in real processes: run, killed, run again; and the demo's web to crawl."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
NOW = "2026-10-05T08:00:00Z"
SHIPPED_ADDRESS = "http://127.0.0.1:8321"
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1


@dataclass(frozen=True)
class Repute:
    """The command line, in a folder."""

    folder: Path

    def start(self, *words, environment=None, **options):
        """Start a command and return its process."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("REPUTE_")}
        return subprocess.Popen(
            [sys.executable, str(ROOT / "cli.py"), *map(str, words)],
            cwd=self.folder,
            env=plain | {"REPUTE_REDDIT_CLIENT_ID": "id", "REPUTE_REDDIT_CLIENT_SECRET": "secret"} | (environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **options,
        )

    def run(self, *words, **options):
        """Run a command to its end; return exit code and output."""
        process = self.start(*words, **options)
        try:
            output, _ = process.communicate(timeout=60)
        finally:
            process.kill()
        return process.returncode, output

    def refused(self, *words, **options):
        """Run a command that must fail for a reason that a user can mend, and return what it says."""
        code, output = self.run(*words, **options)
        assert code == 1, output
        assert "Traceback" not in output
        return output

    def done(self, *words, **options):
        """Run a command that must succeed, and return what it says."""
        code, output = self.run(*words, **options)
        assert code == 0, output
        assert "Traceback" not in output
        return output

    @property
    def database(self) -> Path:
        return self.folder / "repute.db"


@pytest.fixture
def repute(tmp_path):
    return Repute(tmp_path)


@pytest.fixture(scope="session")
def demo_url():
    """The address of the demo's web, served as long as the tests run."""
    from demo.web import serve_demo

    with serve_demo() as served:
        yield served.url.rstrip("/")


@pytest.fixture(scope="session")
def demo_config(demo_url):
    """The configuration as it is shipped, at the demo's present port; fewer pages and weeks, so that it is quick."""
    shipped = (ROOT / "config.toml").read_text("utf-8")
    lines = [line for line in shipped.splitlines() if "/trustyard/tamarind" not in line and "/neighbours/" not in line]
    return "\n".join(lines).replace(SHIPPED_ADDRESS, demo_url).replace('"12 weeks"', '"5 weeks"')


@pytest.fixture
def powerless():
    """What makes a child obey file modes: for root, dropping the capability to ignore them."""
    if os.geteuid() != 0:
        return {}
    return {"preexec_fn": lambda: ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)}
