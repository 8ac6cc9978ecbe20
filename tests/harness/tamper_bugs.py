"""The bugs that the tampering harness must find: in the verifier, in the sealer, in the forms."""

import hashlib
from collections.abc import Callable
from typing import Any

from anju.foundation.events import rules
from anju.foundation.events.commands import sealing
from anju.foundation.events.verification import chain, report, rows, values
from anju.foundation.lib import digest
from tests.harness.seeding import Bug

Right = Callable[..., Any]
PARTS = ("company", "n", "first", "last", "root", "previous", "at")


class _AlwaysRight:
    """A root that differs from nothing."""

    def __ne__(self, _other: object) -> bool:
        return False

    __hash__ = object.__hash__


class _RootNotCompared(rules.Merkle):
    def root(self) -> Any:
        return _AlwaysRight()


def _nothing(_right: Right) -> Right:
    return lambda *_args, **_named: iter(())


def _digest_without(*parts: str) -> Callable[[Any], Any]:
    def wrong(_right: Any) -> Any:
        kept = [p for p in PARTS if p not in parts]
        return property(lambda seal: digest([str(getattr(seal, p)) for p in kept]))

    return wrong


BUGS = {
    "leaf-not-recomputed": Bug(
        "an event matches its own leaf", chain, "leaf_of", lambda _right: lambda e: e.leaf
    ),
    "leaf-without-said": Bug(
        "all of an event is in its leaf", rules, "leaf",
        lambda right: lambda **parts: right(**{**parts, "said": {}}),
    ),
    "leaf-without-time": Bug(
        "all of an event is in its leaf", rules, "leaf",
        lambda right: lambda **parts: right(**{**parts, "times": (parts["times"][1],) * 2}),
        deep=True,
    ),
    "root-not-compared": Bug(
        "a seal is over its events", chain, "Merkle", lambda _right: _RootNotCompared
    ),
    "order-not-bound": Bug(
        "a root binds the order", rules, "node_hash",
        lambda _right: lambda a, b: hashlib.sha256(b"\1" + min(a, b) + max(a, b)).digest(),
    ),
    "chain-not-bound": Bug(
        "a seal binds the one before", rules.SealForm, "digest", _digest_without("previous")
    ),
    "root-not-in-digest": Bug(
        "a seal's digest binds its root", rules.SealForm, "digest", _digest_without("root")
    ),
    "anchor-ignored": Bug(
        "an anchor rules out a rebuild", report, "Chain",
        lambda right: lambda scope, _anchors: right(scope, {}),
    ),
    "missing-anchor-ignored": Bug(
        "an anchor rules out a cut", chain.Chain, "_missing_anchors", _nothing
    ),
    "unplaced-ignored": Bug(
        "every event has its place", chain.Chain, "_unplaced", _nothing
    ),
    "cut-end-ignored": Bug(
        "a cut behind the anchor shows at its readers", chain.Chain, "_read_further", _nothing
    ),
    "values-ignored": Bug(
        "values match their commitments", values.Values, "problems", _nothing
    ),
    "rows-ignored": Bug("rows are as their last event wrote them", rows, "_compared", _nothing),
    "missing-rows-ignored": Bug("no written row disappears", rows, "_gone", _nothing),
    "sealer-loses-one": Bug(
        "the sealer places every event", sealing, "_take",
        lambda right: lambda cursor, limit: right(cursor, limit)[:-1],
    ),
    "sealer-out-of-order": Bug(
        "positions follow the inbox", sealing, "_take",
        lambda right: lambda cursor, limit: right(cursor, limit)[::-1],
    ),
    "sealer-seals-other-leaves": Bug(
        "the sealer seals what it placed", sealing, "next_seal",
        lambda right: lambda c, p, *, leaves, at: right(c, p, leaves=sorted(leaves), at=at),
    ),
}  # fmt: skip
