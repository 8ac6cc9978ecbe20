"""One file per part: `run(full)` measures, prints and returns whether its checks held."""
