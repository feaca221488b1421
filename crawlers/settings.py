"""Settings of the Scrapy project: polite by default. What depends on the configuration is added by running.py."""

from __future__ import annotations

SPIDER_MODULES = ["crawlers"]
NEWSPIDER_MODULE = "crawlers"

USER_AGENT = "Repute/0.1 (reputation monitor)"
"""running.py adds the contact of the configuration."""

# Middlewares of ours: which hosts, which pages, how often. Scrapy's robots.txt middleware lets everything through when the
# file cannot be read, and knows no Crawl-delay: crawlers/robots.py replaces it.
ROBOTSTXT_OBEY = False
DOWNLOADER_MIDDLEWARES = {
    "crawlers.hosts.HostsMiddleware": 50,
    "crawlers.robots.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    # Our hosts are checked above, and no spider of ours has a login by its attributes.
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "crawlers.retries.PatientRetryMiddleware": 550,
}
# The innermost of all: a request that waits in a queue must still heed its host, and the budget.
DOWNLOAD_HANDLERS = {"http": "crawlers.transport.PoliteHandler", "https": "crawlers.transport.PoliteHandler"}
SPIDER_MIDDLEWARES = {
    "crawlers.failures.FailureMiddleware": 900,
    # The first that a spider's records meet: the others see few.
    "crawlers.gathering.GatheringMiddleware": 1100,
    # Nobody asks for the depth.
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}
ITEM_PIPELINES = {"crawlers.pipelines.StorePipeline": 500}
TWISTED_DNS_RESOLVER = "crawlers.hosts.PublicResolver"

# One item after the other: a cursor must not overtake the mentions that it vouches for.
CONCURRENT_ITEMS = 1

# A crawl that has spent so many seconds, and such a share of its time, on taking in gets a second process for that. To start
# one takes half a second of a processor and 60 MB: a crawl that waits for its hosts would gain nothing.
REPUTE_BUSY_SECONDS = 0.2
REPUTE_BUSY_SHARE = 0.2

# One request at a time to a host, with a pause as long as the host took to answer, half a second at least.
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 0.5
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 0.5
AUTOTHROTTLE_MAX_DELAY = 60.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0

DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 8 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
REDIRECT_MAX_TIMES = 5
RETRY_TIMES = 2
RETRY_HTTP_CODES = [429, 500, 502, 503, 504, 520, 522, 524]

COOKIES_ENABLED = False
TELNETCONSOLE_ENABLED = False
REFERRER_POLICY = "no-referrer"
MEMUSAGE_ENABLED = False
LOGSTATS_INTERVAL = 0
LOG_INSTALL_ROOT_HANDLER = False
STATS_CLASS = "crawlers.counting.Counts"
STATS_DUMP = False
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"
# It would read and parse a callback's source anew for every answer (bound methods escape its cache): a test asks once for all.
WARN_ON_GENERATOR_RETURN_VALUE = False
