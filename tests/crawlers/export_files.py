"""What the tests of vendors' exports share: a configuration, an import, and what the store then holds."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from config import load_config
from crawlers.importing import ImportReport, import_file, plan_import

NOW = "2026-10-05T08:00:00Z"
CONFIG = """[repute]
database = "repute.db"
[[brands]]
id = "acme"
name = "Acme Foods"
role = "own"
query = "acme"
[[brands]]
id = "rival"
name = "Rival"
role = "competitor"
query = "rival"
"""


class Desk:
    """A configuration in a folder, and a hand that imports files into its store."""

    def __init__(self, folder: Path) -> None:
        (folder / "config.toml").write_text(CONFIG)
        self.folder, self.config = folder, load_config(folder / "config.toml")

    def bring(self, name: str, content: str | bytes, **more) -> ImportReport:
        """Write a file and import it as `repute import` does; `format` and `columns` are its options, the rest fields of Reading."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        columns = more.pop("columns", {})
        plan = plan_import(path, self.config, more, name=more.pop("format", None), columns=columns)
        return import_file(path, self.config, now=NOW, reading=plan.reading, export=plan.export, columns=plan.columns)

    def rows(self, columns: str, where: str = "true") -> list[tuple]:
        """Columns of the stored mentions, in the order in which they came."""
        db = sqlite3.connect(self.config.database)
        found = db.execute(f"select {columns} from mentions where {where} order by id").fetchall()
        db.close()
        return found

    def brands(self) -> set[tuple]:
        """(external id, brand, what matched) of all mentions."""
        db = sqlite3.connect(self.config.database)
        found = db.execute("select external_id, brand, matched from mention_brands join mentions on id = mention").fetchall()
        db.close()
        return set(found)


def counts(report: ImportReport) -> tuple[str, int, int, int, int, int]:
    """(format, new, updated, known, replies, new replies)."""
    return (report.export.name, report.new, report.updated, report.unchanged, report.replies, report.replies_new)
