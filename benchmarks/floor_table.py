"""The floor's one table, known to its server and to whoever counts its rows."""

TABLE = "bench_floor"
CREATE = f"""
    CREATE TABLE IF NOT EXISTS {TABLE} (
        id uuid PRIMARY KEY, kind text NOT NULL, category text NOT NULL, title text NOT NULL,
        body text NOT NULL, urgency smallint NOT NULL, place text NOT NULL, channel text NOT NULL)
"""
