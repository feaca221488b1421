"""The demo from end to end: serve the fictional web, then run the commands that a user would type against it."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from demo.timing import AS_OF
from demo.web import PORT, serve_demo

SHIPPED = f"http://127.0.0.1:{PORT}"
"""Where the shipped configuration looks for the demo's web."""
MARK = "# Written by `repute demo`, and written anew by the next one.\n"
"""First line of the configuration in the demo's folder, by which the folder is known to be the demo's own."""
SECRETS = {"REPUTE_REDDIT_CLIENT_ID": "demo", "REPUTE_REDDIT_CLIENT_SECRET": "demo"}
"""What the Reddit-shaped API of the demo takes for credentials."""


class ShowError(RuntimeError):
    """A step of the demo failed; the message names it."""


@dataclass(frozen=True)
class Step:
    """One command of the demo, as it ran."""

    name: str
    seconds: float
    peak_mb: float
    """Largest resident memory of its process or of a child of it."""


def run_show(
    command: Sequence[str], config: Path, folder: Path, *, once: bool, port: int = PORT, say: Callable[[str], None] = print
) -> None:
    """Run the whole demo in `folder`, made anew. `command` is what starts `repute`. Raises `ShowError` if a step fails."""
    began = time.monotonic()
    check_config(config)
    with contextlib.ExitStack() as opened:
        try:
            site = opened.enter_context(serve_demo(port))
        except OSError as error:
            words = f"port {port}: {error.strerror or error}; end what listens there, or choose another with --port"
            raise ShowError(words) from error
        prepare(folder)
        say(f"The public web of a fictional grocer: {site.url}/  (now is {AS_OF})")
        configured = write_config(config, folder, site.url)
        steps = run_steps(command, configured, folder, say)
        say_steps(steps, time.monotonic() - began, say)
        say(f"The weekly email: {folder / 'week.html'}    The database: {folder / 'repute.db'}")
        if not once:
            serve(command, configured)


def check_config(config: Path) -> None:
    """Raise `ShowError` for a configuration of the user's own: the demo would crawl their real sources."""
    if not config.is_file():
        raise ShowError(f"{config}: no such file; the demo runs on the shipped config.toml, name it with --config FILE")
    if SHIPPED not in config.read_text("utf-8"):
        raise ShowError(
            f"{config}: does not name the demo's web ({SHIPPED}); keep yours, and give the shipped one: "
            "`git show HEAD:config.toml > demo.toml`, then --config demo.toml"
        )


def prepare(folder: Path) -> None:
    """Make the folder, without the database of an earlier demo. Raises `ShowError` for one that holds something else."""
    written = folder / "config.toml"
    is_ours = written.is_file() and written.read_text("utf-8").startswith(MARK)
    try:
        if not is_ours and folder.exists() and any(folder.iterdir()):
            raise ShowError(f"{folder}: holds something that no demo made; name another one with --folder")
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("repute.*"):
            old.unlink()
    except OSError as error:
        raise ShowError(f"{folder}: cannot be made anew ({error.strerror}); name another one with --folder") from error


def write_config(shipped: Path, folder: Path, url: str) -> Path:
    """Copy the shipped configuration, pointed at the address where the web is really served."""
    path = folder / "config.toml"
    path.write_text(MARK + shipped.read_text("utf-8").replace(SHIPPED, url), "utf-8")
    return path


def run_steps(command: Sequence[str], config: Path, folder: Path, say: Callable[[str], None]) -> list[Step]:
    """Crawl every source, tag, show the week, and write the email."""
    options = ["--config", str(config)]
    timed = [*options, "--as-of", AS_OF]
    plan: list[list[str]] = [
        ["check", "--no-network", *options],
        *(["crawl", source, *timed] for source in ("reviews", "feeds", "hackernews", "reddit")),
        ["tag", *timed],
        ["hot-buttons", "--last-week", *timed],
        ["attributes", "--last", "12w", *timed],
        ["digest", "--preview", str(folder / "week.html"), *timed],
    ]
    return [run_step(command, arguments, say) for arguments in plan]


def run_step(command: Sequence[str], arguments: list[str], say: Callable[[str], None]) -> Step:
    """Run one command as a child process, measured."""
    name = " ".join(arguments[: 2 if arguments[0] == "crawl" else 1])
    say(f"\n$ repute {' '.join(arguments)}")
    began = time.monotonic()
    process = subprocess.Popen([*command, *arguments], env=os.environ | SECRETS)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise ShowError(f"`repute {name}` ended with exit code {process.returncode}; its message stands above")
    return Step(name, time.monotonic() - began, peak_mb(usage))


def peak_mb(usage: resource.struct_rusage) -> float:
    """Peak resident memory in MB: Linux counts it in KiB, macOS in bytes."""
    return usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e6 / 1024)


def say_steps(steps: Sequence[Step], seconds: float, say: Callable[[str], None]) -> None:
    """Print what each step took."""
    say(f"\n{'step':<20} {'seconds':>8} {'peak MB':>8}")
    for step in steps:
        say(f"{step.name:<20} {step.seconds:>8.1f} {step.peak_mb:>8.0f}")
    say(f"{'all':<20} {seconds:>8.1f}\n")


def serve(command: Sequence[str], config: Path) -> None:
    """Serve the dashboard until Ctrl-C."""
    process = subprocess.Popen([*command, "serve", "--config", str(config), "--as-of", AS_OF], env=os.environ | SECRETS)
    try:
        if code := process.wait():
            raise ShowError(f"`repute serve` ended with exit code {code}; its message stands above")
    except KeyboardInterrupt:
        process.wait(10)
