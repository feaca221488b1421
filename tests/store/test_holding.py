"""A held file keeps other processes away until its holder ends, however that is."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from store.database import StoreError
from store.holding import Held, hold

ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import sys, time
from pathlib import Path
from store.holding import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextlib.contextmanager
def holder(path):
    """Another process that holds a file until it gets a line."""
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_the_holder_is_named(tmp_path):
    path = tmp_path / "x.lock"
    with holder(path) as process, pytest.raises(Held) as held, hold(path):
        pass
    assert (held.value.holder, str(held.value)) == (str(process.pid), f"{path}: is held by process {process.pid}")


def test_a_killed_holder_holds_no_longer(tmp_path):
    path = tmp_path / "x.lock"
    with holder(path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        with hold(path):
            assert path.read_text() == str(os.getpid())


def test_who_waits_is_told_for_whom_and_goes_on_when_that_one_ends(tmp_path):
    path, told = tmp_path / "x.lock", []
    with holder(path) as process:

        def waiting(number):
            told.append(number)
            process.stdin.write("\n")
            process.stdin.flush()

        with hold(path, waiting=waiting):
            assert (told, process.wait(10), path.read_text()) == ([str(process.pid)], 0, str(os.getpid()))


def test_a_file_that_cannot_be_written_is_said(tmp_path):
    said = r"x\.lock: cannot be written \(No such file or directory\); make its folder exist"
    with pytest.raises(StoreError, match=said), hold(tmp_path / "missing" / "x.lock"):
        pass


def test_tagging_waits_until_another_has_ended(tmp_path):
    (tmp_path / "mentions.csv").write_text("id,text,published\n1,Tamarind lost my parcel again,2026-10-01T10:00:00Z\n")
    (tmp_path / "config.toml").write_text((ROOT / "config.toml").read_text("utf-8"), "utf-8")

    def repute(*arguments):
        command = [sys.executable, "-m", "cli", *arguments, "--config", str(tmp_path / "config.toml")]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    taken = repute("import", str(tmp_path / "mentions.csv"), "--as-of", "2026-10-05T08:00:00Z")
    taken.communicate(timeout=60)
    assert taken.returncode == 0
    with holder(tmp_path / "repute.db.tagging.lock") as first:
        second = repute("tag", "--as-of", "2026-10-05T08:00:00Z")
        assert second.stderr.readline() == f"process {first.pid} is reading mentions now; waiting for it to end\n"
        first.stdin.write("\n")
        first.stdin.flush()
        said, _ = second.communicate(timeout=60)
    assert (second.returncode, said.splitlines()[0]) == (0, "1 mentions read, 0 answered from what was stored")
