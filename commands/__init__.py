"""The verbs of `repute`, each thin over the room that does the work."""
