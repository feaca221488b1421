"""How an answer looks, once for all: terminal tables, charts and words."""
