"""Train, export and assess the shipped model: `python -m sentiment.training` (extra `train`)."""
