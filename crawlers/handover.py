"""The crawl's side of its second process: starts it, hands records over in their order, and hears what became of them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import pickle
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping, Sequence

from crawlers.intake import Outcome, Record
from crawlers.second import HEAD, as_frame

logger = logging.getLogger(__name__)

MODULE = "crawlers.second"
START = f"import runpy, sys; sys.path[:] = {{path!r}}; runpy.run_module({MODULE!r}, run_name='__main__')"
"""By our own path: with `-m` a stranger's `crawlers` in the folder that we were started in would come first."""


MOST_WAITING, BEHIND = 512 * 1024, 64 * 1024
"""Bytes that wait for the process at most, and from how many on it is behind: some five hundred mentions, and sixty."""


class Handover:
    """One second process, from its start to its end."""

    def __init__(self, note: Callable[[Outcome], None], lose: Callable[[str], None]) -> None:
        """`note` is told what became of records; `lose` why nothing of what follows will be stored."""
        self.note = note
        self.lose = lose
        self.process: Process | None = None
        self.ready = False
        """Whether it waits for records."""
        self.used = False
        self.closing = False
        self.task: asyncio.Task[None] | None = None

    def start(self, start: Mapping[str, object], *, lock: int | None) -> None:
        """Begin to start it with these arguments of `Intake`: it is `ready` some time later, or never.

        It holds the `lock` of the source with us: should we be killed, nobody crawls or erases the source until it has ended.
        """
        self.task = asyncio.ensure_future(self.run(as_frame(start), () if lock is None else (lock,)))

    async def run(self, start: bytes, locks: tuple[int, ...]) -> None:
        """Start the process, and listen to it until it ends."""
        try:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                START.format(path=sys.path),
                stdin=PIPE,
                stdout=PIPE,
                pass_fds=locks,
                start_new_session=True,
            )
            if self.closing:
                self.process.kill()
            assert self.process.stdin is not None
            self.process.stdin.transport.set_write_buffer_limits(high=MOST_WAITING, low=MOST_WAITING * 3 // 4)
            self.process.stdin.write(start)
            await self.listen(self.process)
        except OSError as error:
            logger.warning("no second process for this crawl, which goes on in one: %s", error)

    async def listen(self, process: Process) -> None:
        """Pass on what it answers."""
        assert process.stdout is not None
        while True:
            try:
                head = await process.stdout.readexactly(HEAD)
                answer = pickle.loads(await process.stdout.readexactly(int.from_bytes(head, "big")))
            except asyncio.IncompleteReadError:
                break
            if isinstance(answer, Outcome):
                self.note(answer)
            self.ready = True
        self.ready = False
        code = await process.wait()
        if self.used and (code or not self.closing):
            self.lose(f"the process that stores what this crawl finds has ended ({explain(code)}); crawl again")
        elif code and not self.closing:
            logger.warning("no second process for this crawl, which goes on in one: it has ended (%s)", explain(code))

    async def send(self, records: Sequence[Record]) -> None:
        """Hand records over, and wait while more than `MOST_WAITING` bytes wait for the process.

        Scrapy asks for no more pages once 5 MB of answers wait for us.
        """
        assert self.process is not None
        assert self.process.stdin is not None
        self.used = True
        self.process.stdin.write(as_frame(records))
        try:
            await self.process.stdin.drain()
        except ConnectionError:
            # It has ended: `listen` tells why.
            await self.wait()

    def is_behind(self) -> bool:
        """Whether the process has more to do than it can keep up with."""
        assert self.process is not None
        assert self.process.stdin is not None
        return self.process.stdin.transport.get_write_buffer_size() > BEHIND

    async def close(self) -> None:
        """Let it save the rest, and wait for its end."""
        self.closing = True
        if self.process is not None:
            assert self.process.stdin is not None
            if not self.used:
                # It may have ended by itself, which was told then.
                with contextlib.suppress(ProcessLookupError):
                    self.process.kill()
            self.process.stdin.close()
        await self.wait()

    async def wait(self) -> None:
        """Wait until it has ended and all is heard."""
        if self.task is not None:
            await self.task


def explain(code: int) -> str:
    """How a process ended."""
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def count_cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
