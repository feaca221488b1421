"""A dashboard over a small store, as an application and as a served address."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

import httpx
import pytest
import uvicorn
from planted_store import NOW, plant_store, planted_config

from dashboard.app import create_app


@contextlib.contextmanager
def served(config):
    """Serve a dashboard for real on loopback and give its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(config, now=lambda: NOW), log_level="critical", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


@pytest.fixture(scope="session")
def config(tmp_path_factory):
    made = planted_config(tmp_path_factory.mktemp("dashboard"))
    plant_store(made)
    return made


@pytest.fixture(scope="session")
def address(config):
    with served(config) as url:
        yield url


@pytest.fixture(scope="session")
def client(address):
    with httpx.Client(base_url=address, timeout=30) as made:
        yield made


@pytest.fixture(scope="session")
def serve():
    return served
