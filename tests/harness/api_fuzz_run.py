"""How `api_fuzz.py` makes requests, sends them to the product in this process, and looks on."""

from collections import Counter
from random import Random
from typing import Any
from unittest.mock import patch

import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as from_seed
from hypothesis import strategies as st
from hypothesis.internal.conjecture.engine import ConjectureRunner
from schemathesis import Case

from tests.harness.api_fuzz import PER_BLOCK
from tests.harness.api_fuzz_asking import asked as with_life
from tests.harness.api_fuzz_checks import learnt, repeated, wrong_with


def operations() -> dict[str, Any]:
    """How to make requests of every operation of the document that the product serves. Once for
    a run: strategies remember what they were asked."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
    made = {}
    for result in schema.get_all_operations():
        operation = result.ok()
        valid = operation.as_strategy(schemathesis.GenerationMode.POSITIVE)
        wrong = operation.as_strategy(schemathesis.GenerationMode.NEGATIVE)
        made[operation.label] = st.one_of(valid, valid, wrong)
    return made


def a_block(world: Any, requests: Any, of: tuple[int, int], counts: Counter[str]) -> str:
    """A hundred requests of one operation; what was wrong with the first that was not right."""
    faults: list[str] = []
    keys: list[str] = []
    numbers = iter(range(PER_BLOCK * 10))

    @from_seed(of[0] * 1_000_003 + of[1])
    @settings(
        max_examples=PER_BLOCK,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(requests)
    def asks(case: Case) -> None:
        rng = Random(f"{of[0]}:{of[1]}:{next(numbers)}")
        request = with_life(world, case, rng, keys)
        if faults:
            return
        answer = request.call()
        counts.update(("all", str(answer.status_code)))
        fault = wrong_with(world, request, answer)
        if not fault and request.accepted(answer) and rng.random() < 0.3:
            counts["repeated"] += 1
            fault = repeated(request, answer)
        if fault:
            line = request.case.as_curl_command(headers=request.headers)
            faults.append(f"{request.caller.name}: {fault}\n  {line}\n  {answer.text[:600]}")
        else:
            learnt(world, request, answer)

    # Else four of five requests were pieces of earlier ones, and half of the time went into finding
    # which pieces fit. What is asked twice or in two places comes from `with_life`.
    with patch.object(ConjectureRunner, "generate_mutations_from", lambda *_: None):
        asks()
    return faults[0] if faults else ""
