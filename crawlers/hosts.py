"""Where a crawl may go: the hosts that the user configured, and no private network unless the configuration opens it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.resolver import CachingThreadedResolver
from twisted.internet import defer
from twisted.internet.error import DNSLookupError

from crawlers.context import context_of

PRIVATE_HOSTS = "REPUTE_PRIVATE_HOSTS"
"""Scrapy setting: hosts on private addresses that may be crawled."""
ROBOTS = "repute_robots"
"""Request flag: this fetches robots.txt, which may lie behind a redirect to another host (RFC 9309, 2.3.1.2)."""
USUAL_PORTS = {"http": 80, "https": 443}


class HostsMiddleware:
    """Refuses requests to hosts that no option of the source names, also after a redirect."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.open = frozenset(crawler.settings.getlist(PRIVATE_HOSTS))
        self.allowed: frozenset[tuple[str, int]] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> HostsMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise `IgnoreRequest` with words for the user where the request may not go."""
        host, port = host_of(request.url)
        refuse_private(host, self.open)
        if not request.meta.get(ROBOTS) and (host, port) not in self.find_allowed():
            raise IgnoreRequest(f"leads to {host}, which is not configured; if you want it read, give its address as `url`")

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Say why a name that stands for a private address could not be resolved."""
        words = PublicResolver.refused.get(urlsplit(request.url).hostname or "")
        if words and isinstance(exception, CannotResolveHostError):
            raise IgnoreRequest(words) from exception

    def find_allowed(self) -> frozenset[tuple[str, int]]:
        """Hosts that the source's options name, and those that its spider stands for."""
        if self.allowed is None:
            urls = source_urls(context_of(self.crawler).options, self.crawler.spidercls)
            self.allowed = frozenset(map(host_of, urls))
        return self.allowed


def source_urls(options: Mapping[str, object], spider: type[Spider]) -> list[str]:
    """The web addresses that a source's options name, else those that its spider stands for (its attribute `urls`)."""
    return list(find_urls(options.values())) or list(getattr(spider, "urls", ()))


def find_urls(values: Iterable[object]) -> Iterator[str]:
    """Every web address among options, however deep."""
    for value in values:
        if isinstance(value, str):
            if value.startswith(("http://", "https://")):
                yield value
        elif isinstance(value, dict):
            yield from find_urls(value.values())
        elif isinstance(value, list | tuple):
            yield from find_urls(value)


def host_of(url: str) -> tuple[str, int]:
    """Host without `www.` and port; http and https on their usual ports are one place."""
    parts = urlsplit(url)
    port = parts.port or USUAL_PORTS.get(parts.scheme, 0)
    return (parts.hostname or "").removeprefix("www."), 443 if port == 80 else port


def refuse_private(host: str, open_hosts: frozenset[str], name: str | None = None) -> None:
    """Raise `IgnoreRequest` for an address that is not public: a feed must not read the user's router."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return
    mapped = getattr(address, "ipv4_mapped", None) or address
    if not mapped.is_global and not open_hosts & {host, str(mapped), name or host}:
        at = f"{name} ({host})" if name else host
        raise IgnoreRequest(f"{at} is in a private network; add {name or host!r} to allow_private_hosts if you mean it")


class PublicResolver(CachingThreadedResolver):
    """Resolves names, and refuses those that stand for a private address: what is checked here is what is connected to."""

    refused: ClassVar[dict[str, str]] = {}
    """Name -> why it was not resolved; a process crawls once."""

    def __init__(self, reactor: Any, cache_size: int, timeout: float, open_hosts: frozenset[str] = frozenset()) -> None:
        super().__init__(reactor, cache_size, timeout)
        self.open = open_hosts

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> PublicResolver:
        settings = crawler.settings
        open_hosts = frozenset(settings.getlist(PRIVATE_HOSTS))
        return cls(reactor, settings.getint("DNSCACHE_SIZE"), settings.getfloat("DNS_TIMEOUT"), open_hosts)

    def getHostByName(self, name: str, timeout: Any = ()) -> defer.Deferred[str]:
        """Look a name up, as Twisted asks for it."""
        return super().getHostByName(name, timeout).addCallback(self.check, name)

    def check(self, address: str, name: str) -> str:
        """Pass a public address on. Twisted wants DNS errors here, and tells only that there was one."""
        try:
            refuse_private(address, self.open, name)
        except IgnoreRequest as error:
            self.refused[name] = str(error)
            raise DNSLookupError(str(error)) from None
        return address
