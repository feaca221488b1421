"""One crawl in a process of its own, since Twisted's reactor starts once: arguments as JSON in argv, the report as JSON on stdout."""

from __future__ import annotations

import dataclasses
import json
import logging
import sys
from pathlib import Path

from config import ConfigError, load_config
from crawlers.context import SourceError
from crawlers.running import run_crawl
from store.database import StoreError


def main() -> None:
    options = json.loads(sys.argv[1])
    logging.basicConfig(level=logging.WARNING)
    config, source = load_config(Path(options.pop("config"))), options.pop("source")
    try:
        answer = dataclasses.asdict(run_crawl(config, source, **options))
    except (ConfigError, SourceError, StoreError) as error:
        answer = {"raised": type(error).__name__, "words": str(error)}
    print(json.dumps(answer))


main()
