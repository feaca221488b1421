"""A Hugging Face hub on loopback: one repository, spoken to as the real one is."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(ThreadingHTTPServer):
    """Serves the files of a folder as the repository `name`; remembers which files were fetched."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder, self.name = folder, name
        self.fetched: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Answers the calls that huggingface_hub makes for a download."""

    server: Hub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        path = self.path.partition("?")[0]
        api, files = f"/api/models/{self.server.name}", f"/{self.server.name}/resolve/{COMMIT}/"
        if path in (api, f"{api}/revision/main"):
            self.send(json.dumps({"id": self.server.name, "sha": COMMIT, "siblings": []}).encode())
        elif path == f"{api}/tree/{COMMIT}":
            self.send(json.dumps(self.tree()).encode())
        elif path.startswith(files) and (file := self.server.folder / path.removeprefix(files)).is_file():
            if self.command == "GET":
                self.server.fetched.append(path.removeprefix(files))
            self.send(file.read_bytes())
        else:
            self.send(b'{"error": "Repository not found"}', 404, {"X-Error-Code": "RepoNotFound"})

    def tree(self) -> list[dict[str, object]]:
        paths = sorted(path for path in self.server.folder.rglob("*") if path.is_file())
        return [
            {
                "type": "file",
                "path": str(path.relative_to(self.server.folder)),
                "size": path.stat().st_size,
                "oid": f"{number:040x}",
            }
            for number, path in enumerate(paths, 1)
        ]

    def send(self, body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        tag = f'"{abs(hash(body)):x}"'
        for name, value in ({"X-Repo-Commit": COMMIT, "ETag": tag, "Content-Length": str(len(body))} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serve_hub(folder: Path, name: str) -> Iterator[Hub]:
    """Serve until the block ends."""
    with Hub(folder, name) as hub:
        thread = threading.Thread(target=hub.serve_forever, daemon=True)
        thread.start()
        try:
            yield hub
        finally:
            hub.shutdown()
            thread.join()
