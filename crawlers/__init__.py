"""The Scrapy project: one spider a source file, each yields mentions; intake.py alone writes them to the store."""
