"""Statistics over query rows: hot buttons, attributes, comparison. Pure functions; only `asking` reads the store."""
