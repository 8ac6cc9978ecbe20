"""The points of rounds, judged without anju: reads what `anju rounds report` writes."""
