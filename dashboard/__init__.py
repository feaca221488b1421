"""Pages for people, and Datasette under `/explore` for analysts, over the same store."""
