"""What must hold after any interleaving; knows the outcome, never the rules."""

from collections import Counter
from collections.abc import Iterator

from tests.harness.sync_model import PATIENCE, Delivery, World
from tests.harness.sync_phone import FINAL, Made, Phone


def wrong_with(world: World) -> str:
    """The first law that is broken; empty where all hold."""
    return world.false or next(_faults(world), "")


def _faults(world: World) -> Iterator[str]:
    ledger = world.server.ledger
    done = Counter(id for id, _version in world.server.effects)
    for phone, made in world.made:
        what = f"{made.name} {made.id} of {phone.id}"
        held = ledger.get(made.id)
        if held is None or made.receipt is None:
            yield f"lost: {what}"
            return
        if held.state not in FINAL or made.receipt["status"] != held.state:
            yield f"never settled: {what}, {held.state}"
            return
        due = int(held.state == "taken" and made.name != "seen")
        if done[made.id] != due:
            yield f"{what} happened {done[made.id]} times, {held.state}"
        if not made.is_step and held.state != "taken":
            yield f"a record was {held.state}: {what}"
        yield from _time(phone, made, held)
    for phone in world.phones:
        if phone.photos:
            yield f"photos left on {phone.id}"
        for subject in range(len(world.server.works)):
            yield from _stream(world, phone, subject)


def _time(phone: Phone, made: Made, held: Delivery) -> Iterator[str]:
    """It did not happen after it came, nor before all had been brought; and where nobody set the
    clock it happened when it did, but for the time a request may take."""
    what = f"{made.name} {made.id} of {phone.id}"
    if held.at > held.came:
        yield f"in the future: {what}"
    if held.since and held.at < held.since:
        yield f"before all was brought: {what}"
    if not phone.was_set and abs(held.at - made.true) > PATIENCE:
        yield f"{what} happened at {made.true}, noted for {held.at}"


def _stream(world: World, phone: Phone, subject: int) -> Iterator[str]:
    ledger, order = world.server.ledger, [id for id, _version in world.server.effects]
    before = dict(world.server.effects)
    place = {id: n for n, id in enumerate(order)}
    mine = sorted((m for m in phone.ever if m.subject == subject), key=lambda m: m.seq)
    if [m.seq for m in mine] != list(range(1, len(mine) + 1)):
        yield f"numbers of {phone.id} about {subject}: {[m.seq for m in mine]}"
    refused: list[Made] = []
    last = -1
    log = world.server.works[subject].log
    for made in mine:
        state = ledger[made.id].state
        if made.is_step and state == "taken":
            if place[made.id] < last:
                yield f"out of order: {made.name} {made.id}"
            last = place[made.id]
            unseen = [one.id for one in refused if one.id not in made.shown]
            if unseen:
                yield f"{made.name} {made.id} was taken, nobody had seen that {unseen} was refused"
            between = range((made.base or 0) + 1, before[made.id] + 1)
            if any(log.get(version) != phone.id for version in between):
                yield f"{made.name} {made.id} was taken on what its maker had not seen"
            if made.name == "finish":
                yield from _with_its_photos(made, mine, place)
        if state == "refused":
            refused.append(made)
    times = [ledger[m.id].at for m in mine]
    if times != sorted(times):
        yield f"times of {phone.id} about {subject} go back"


def _with_its_photos(finish: Made, mine: list[Made], place: dict[int, int]) -> Iterator[str]:
    for photo in mine:
        if photo.file and photo.seq < finish.seq and place[photo.id] > place[finish.id]:
            yield f"finished before its photo {photo.id} had come"
