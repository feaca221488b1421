"""Serve the dashboard over HTTP, on this machine alone unless told otherwise."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from config import Config


class ServingError(ValueError):
    """The address cannot be served; the message says why."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def exposure_warning(host: str) -> str:
    """What the user must know before serving on an address that others can reach; empty for loopback."""
    if is_loopback(host):
        return ""
    return (
        f"--host {host}: everybody who can reach this address can read every mention; there are no accounts yet. "
        "Put a server that asks for a password before it, or leave --host out."
    )


def serve_dashboard(
    config: Config,
    *,
    now: Callable[[], str],
    host: str = "127.0.0.1",
    port: int = 8320,
    ready: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve until interrupted; `ready` gets the address once it answers. Port 0 takes a free one.

    Raises `ServingError` when the address is taken or is not of this machine. The caller prints `exposure_warning(host)`.
    """
    import asyncio
    import contextlib
    import socket

    import uvicorn

    from dashboard.app import LOOPBACK, create_app
    from dashboard.memory import settle

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise ServingError(f"{host}:{port}: cannot listen there ({error}); choose another --port or --host") from error
    # What accepts hands it on. Without it a page of two parts waits 40 ms for the browser to say that it has the first.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    app = create_app(config, now=now, hosts=LOOPBACK if is_loopback(host) else ("*",))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    shown = f"[{host}]" if ":" in host else host

    async def serve() -> None:
        task = asyncio.ensure_future(server.serve(sockets=[listener]))
        while not server.started and not task.done():
            await asyncio.sleep(0.02)
        settle()
        if server.started:
            ready(f"http://{shown}:{listener.getsockname()[1]}/")
        await task

    with contextlib.closing(listener), contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve())
