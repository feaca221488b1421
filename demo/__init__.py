"""A fictional grocer's public web, served on loopback. Knows nothing of the rest of the house."""
