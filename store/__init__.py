"""SQLite through sqlite-utils: records, migrations, saving and every query. All SQL of Repute is here."""
