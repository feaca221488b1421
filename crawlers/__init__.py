"""The Scrapy project: one spider a source file, each yields mentions; pipelines.py alone writes them to the store."""
