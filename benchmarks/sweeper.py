"""One ticker worker: sweeps when told to on stdin, and says how it went as JSON on stdout."""

import json
import sys
import time

import django


def main() -> None:
    """Get ready, wait for a line, sweep until nothing is due."""
    django.setup(set_prefix=False)
    from anju.engine.clocks.commands import companies_due, sweep  # models need Django set up
    from anju.foundation.lib import now

    companies_due(now())  # connected
    print("ready", flush=True)
    sys.stdin.readline()
    began, cpu = time.monotonic(), time.process_time()
    seen = sweep()
    ended, cpu = time.monotonic(), time.process_time() - cpu
    print(json.dumps({"seen": seen, "began": began, "ended": ended, "cpu": cpu}), flush=True)


if __name__ == "__main__":
    main()
