"""Read texts: language, sentiment, complaint, topics and attributes, with a model of our own."""
