"""The plan of the house holds: imports go one way, and the generic names at the root are ours."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "config": set(),
    "store": set(),
    "demo": set(),
    "crawlers": {"store", "config"},
    "sentiment": {"store", "config"},
    "trends": {"store", "config"},
    "reporting": {"trends", "store", "config"},
    "notify": {"reporting", "trends", "store", "config"},
    "dashboard": {"reporting", "trends", "store", "config"},
    "jobs": {"store"},
    "scheduler": {"jobs", "config", "store"},
    "commands": {"config", "store", "demo", "crawlers", "sentiment", "trends", "reporting", "notify", "dashboard", "scheduler"},
    "cli": {"commands", "config", "store"},
}
SOURCES = [
    path
    for name in MAY_IMPORT
    for path in ([ROOT / f"{name}.py"] if (ROOT / f"{name}.py").exists() else sorted((ROOT / name).rglob("*.py")))
]


def imported_rooms(tree: ast.AST) -> set[str]:
    """Rooms of the house that a module imports, anywhere in it."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names.add(node.module or "")
    return {name.split(".")[0] for name in names} & set(MAY_IMPORT)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path: Path):
    room = path.relative_to(ROOT).parts[0].removesuffix(".py")
    strangers = imported_rooms(ast.parse(path.read_text("utf-8"))) - MAY_IMPORT[room] - {room}
    assert strangers == set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_clock_is_read_only_in_cli_and_scheduler(path: Path):
    room = path.relative_to(ROOT).parts[0].removesuffix(".py")
    if room in ("commands", "scheduler", "demo"):
        assert path.exists()
        return
    calls = {f"{ast.unparse(node.func)}" for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)}
    assert {call for call in calls if call.endswith((".now", ".utcnow", ".today")) or call == "time.time"} == set()


def test_sql_stands_only_in_the_store():
    for path in SOURCES:
        if path.relative_to(ROOT).parts[0] in ("store",):
            continue
        words = [
            node.value
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        assert [
            word
            for word in words
            if word.strip().lower().startswith(("select ", "insert into ", "update mentions", "delete from "))
        ] == [], path


def test_every_root_name_resolves_to_this_distribution():
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    for name in [*table["packages"], *table["py-modules"]]:
        spec = importlib.util.find_spec(name)
        assert spec is not None, name
        assert spec.origin is not None, name
        assert Path(spec.origin).resolve().is_relative_to(ROOT), name
    assert importlib.metadata.version("repute")


def test_every_package_of_the_tree_is_listed():
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    there = {
        ".".join(path.parent.relative_to(ROOT).parts) for name in MAY_IMPORT for path in (ROOT / name).rglob("__init__.py")
    }
    assert there == set(table["packages"])


def test_files_stay_small():
    long = {
        str(path.relative_to(ROOT)): lines for path in SOURCES if (lines := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert long == {}
