"""What the demo does before its first step: it never deletes, overwrites or crawls what is not its own."""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path

import pytest

from demo.show import ShowError, prepare, run_show, write_config

SHIPPED = Path(__file__).resolve().parents[2] / "config.toml"
NEVER = ["/bin/false"]


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    kept = {tmp_path / "repute.db": "mine", tmp_path / "config.toml": "[repute]\n", tmp_path / "repute" / "cli.py": "clone"}
    for path, text in kept.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    with pytest.raises(ShowError, match="holds something that no demo made; name another one with --folder"):
        run_show(NEVER, SHIPPED, tmp_path, once=True, port=0, say=lambda words: None)
    assert {path: path.read_text() for path in kept} == kept


def test_a_second_demo_begins_without_the_database_of_the_first(tmp_path):
    folder = tmp_path / "demo-run"
    prepare(folder)
    write_config(SHIPPED, folder, "http://127.0.0.1:1")
    for name in ("repute.db", "repute.db-wal", "repute.secret", "week.html"):
        (folder / name).write_text("old")
    prepare(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["config.toml", "week.html"]


def test_a_configuration_of_the_users_own_is_not_crawled(tmp_path):
    own = tmp_path / "config.toml"
    own.write_text('[[brands]]\nid = "acme"\nname = "Acme"\nquery = "acme"\n')
    with pytest.raises(ShowError, match="does not name the demo's web"):
        run_show(NEVER, own, tmp_path / "demo-run", once=True, port=0, say=lambda words: None)


def test_a_configuration_that_is_not_there_is_no_matter_of_the_port(tmp_path):
    with pytest.raises(ShowError, match=r"nowhere\.toml: no such file"):
        run_show(NEVER, tmp_path / "nowhere.toml", tmp_path / "demo-run", once=True, port=0, say=lambda words: None)


def test_a_taken_port_is_named(tmp_path):
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ShowError, match=f"port {port}: .*choose another with --port"):
            run_show(NEVER, SHIPPED, tmp_path / "demo-run", once=True, port=port, say=lambda words: None)
