"""The second process of a busy crawl: takes in what the first one hands over, while that one reads on.

Frames go both ways through its standard input and output: first how to take in, answered by the word that it is ready; then
pieces of records, answered by an `Outcome` where there is something to tell. The end of its input is the end of the crawl,
however that came about: it saves what it had received whole, answers once more, and ends.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import traceback
from typing import Any, BinaryIO

BATCH = 1000
"""Mentions saved at once: half a second of a busy crawl. The index of copies is written to half as often as with 200."""
HEAD = 4
"""Bytes before a frame that say how long it is."""


def main() -> None:
    """Take in until the input ends."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # A signal to all processes of a crawl is the first one's to heed: it ends us when it has handed over what it has.
        signal.signal(number, signal.SIG_IGN)
    # sqlite-utils imports it where it is there: half a second, and as much memory again as all the rest.
    sys.modules["pandas"] = None  # type: ignore[assignment]
    # Without a buffer, which Python would try to empty at the end, whoever is left to read it.
    frames, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    # What a library may print belongs not among the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if (start := read_frame(frames)) is not None:
        serve(start, frames, answers)


def serve(start: dict[str, Any], frames: BinaryIO, answers: BinaryIO) -> None:
    """Open the store, and take in piece after piece."""
    from crawlers.intake import Intake, Outcome

    intake = Intake(**start, batch=BATCH)
    try:
        write_frame(answers, None)
        while (records := read_frame(frames)) is not None:
            for record in records:
                try:
                    intake.take(record)
                except Exception:
                    # One record that fails costs none of the others; the crawl tells it.
                    intake.outcome.bugs.append(traceback.format_exc())
            if (outcome := intake.report()) != Outcome():
                write_frame(answers, outcome)
        intake.close()
        write_frame(answers, intake.report())
    except BrokenPipeError:
        # The crawl was killed. What it had handed over is as good as ever.
        intake.close()


def as_frame(content: object) -> bytes:
    """Write a piece down, its length before it."""
    packed = pickle.dumps(content, protocol=5)
    return len(packed).to_bytes(HEAD, "big") + packed


def write_frame(stream: BinaryIO, content: object) -> None:
    """Send one piece."""
    stream.write(as_frame(content))


def read_frame(stream: BinaryIO) -> Any | None:
    """The next piece; None at the end, and for one that was cut off."""
    head = stream.read(HEAD)
    packed = stream.read(int.from_bytes(head, "big"))
    return pickle.loads(packed) if len(head) == HEAD and len(packed) == int.from_bytes(head, "big") else None


if __name__ == "__main__":
    main()
