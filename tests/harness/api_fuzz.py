"""Requests made from the OpenAPI document by schemathesis: no server error, nothing undocumented.

    python -m tests.harness.api_fuzz --n 2000 --seed 1
    python -m tests.harness.api_fuzz --n 200000 --seed 7 --first 60000     (goes on there)
    python -m tests.harness.api_fuzz --n 2000 --seed 1 --seed-bug nul-reaches-a-column

Callers of several roles, of two communities and of another company ask in one process, valid and
not, about real and invented ids, with odd values in every field; other systems send messages,
signed or not. Each answer must be none of 5xx;
have a status, type and form that the document names; be a problem where it refuses; and show
nothing that its caller may not see. A block of 100 is made from the seed and its number. Ends with
1 at the first answer that is not as it should be, and prints the request as a curl line.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from random import Random

from tests.harness.program import program

PER_BLOCK = 100
# How often each operation has its turn: writing has more ways to go wrong than reading.
TURNS = (
    "POST /api/v1/cases", "POST /api/v1/cases/{case_id}/moves", "GET /api/v1/cases",
    "POST /api/v1/work-orders/{work_id}/moves", "GET /api/v1/cases/{case_id}",
    "POST /api/v1/cases/{case_id}/moves", "GET /api/v1/events", "POST /api/v1/cases",
    "POST /api/v1/work-orders/{work_id}/moves", "GET /api/v1/cases/{case_id}/clocks",
    "GET /api/v1/messages", "GET /api/v1/schemas/{name}", "POST /api/v1/hooks/{channel}",
    "POST /api/v1/hooks/{channel}", "POST /api/v1/webhooks", "GET /api/v1/webhooks/{webhook_id}",
    "GET /api/v1/standards", "GET /api/v1/standards/match",
    "GET /api/v1/standards/{standard_id}", "POST /api/v1/standards/{standard_id}/moves",
    "GET /api/v1/documents", "GET /api/v1/documents/{document_id}", "GET /api/v1/laws",
    "GET /api/v1/laws/{law_id}", "POST /api/v1/commands", "PUT /api/v1/files/{sha256}",
    "HEAD /api/v1/files/{sha256}", "GET /api/v1/on-duty", "GET /api/v1/shifts",
    "GET /api/v1/shifts/calendar.ics",
    "GET /api/v1/plans", "POST /api/v1/plans",
    "GET /api/v1/plans/{plan_id}", "POST /api/v1/plans/{plan_id}/moves",
    "GET /api/v1/plans/{plan_id}/calendar.ics", "GET /api/v1/work-orders",
    "POST /api/v1/plans/{plan_id}/begin", "POST /api/v1/readings",
    "GET /api/v1/ledgers", "GET /api/v1/ledgers/{ledger_id}/lines",
    "POST /api/v1/ledgers/{ledger_id}/lines",
    "GET /api/v1/plans/{plan_id}/rule.ics", "GET /api/v1/handovers",
    "GET /api/v1/routes", "GET /api/v1/routes/{route_id}",
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    return program(
        _run, argv, doc=__doc__, counts=(2000, "request"), bugs="api_fuzz_bugs", silent=True
    )


def _run(asked: argparse.Namespace) -> int:
    from tests.harness.api_fuzz_run import a_block, operations  # these need Django set up
    from tests.harness.api_fuzz_world import a_world

    begun, counts, fault = time.monotonic(), Counter[str](), ""
    known, world = operations(), a_world()
    if missing := set(known) ^ set(TURNS):
        print(f"NOT ASKED: {sorted(missing)}")
        return 1
    block = asked.first // PER_BLOCK
    while counts["all"] < asked.n - asked.first and not fault:
        world.freshen(Random(f"{asked.seed}:world:{block}"))
        requests = known[TURNS[block % len(TURNS)]]
        fault = a_block(world, requests, (asked.seed, block), counts)
        block += not fault
        if block % 10 == 0 and not fault:  # a long run can be gone on with from here
            seconds = time.monotonic() - begun
            print(f"  {block * PER_BLOCK} of {asked.n}: {seconds:.0f} s", flush=True)
    if fault:
        print(f"BROKEN: {fault}\n  --seed {asked.seed} --first {block * PER_BLOCK}")
    seconds = time.monotonic() - begun
    statuses = ", ".join(f"{k} {v}" for k, v in sorted(counts.items()) if k != "all")
    print(
        f"api_fuzz: seed {asked.seed}, first {asked.first}, n {counts['all']} requests, "
        f"{seconds:.1f} s, {'1 broken' if fault else '0 broken'}; {statuses}"
    )
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main())
