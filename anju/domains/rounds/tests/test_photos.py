"""A photo that looks like an earlier one: what is found, what is not, how often it is wrong."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import combinations
from random import Random
from zoneinfo import ZoneInfo

import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from anju.domains.rounds.commands import Said, pass_point
from anju.domains.rounds.photos import alike
from anju.domains.rounds.queries import passed_at, points_of
from anju.domains.rounds.report import report_json, rounds_report
from anju.domains.rounds.rules import are_alike
from anju.domains.rounds.testing import a_round, opened
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import House, a_house
from anju.foundation.files.picture import dhash
from anju.foundation.lib import frozen
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SCENES, SIZE = 120, (480, 360)


def a_scene(seed: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """A lit wall with a floor, and things of many shades before it; nothing anybody has seen."""
    random = Random(seed)
    width, height = size
    whole = Image.linear_gradient("L").rotate(random.randrange(360)).resize(size).convert("RGB")
    draw = ImageDraw.Draw(whole)
    for _thing in range(random.randrange(5, 14)):
        x, y = random.randrange(width), random.randrange(height)
        w, h = random.randrange(20, width // 2), random.randrange(20, height // 2)
        colour = tuple(random.randrange(256) for _channel in range(3))
        shape = draw.ellipse if random.random() < 0.3 else draw.rectangle
        shape((x - w // 2, y - h // 2, x + w // 2, y + h // 2), fill=colour)
    return whole.filter(ImageFilter.GaussianBlur(1.5))


def packed(picture: Image.Image, quality: int = 85) -> bytes:
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=quality)
    return made.getvalue()


def cropped(picture: Image.Image, share: float) -> Image.Image:
    width, height = picture.size
    dx, dy = int(width * share), int(height * share)
    return picture.crop((dx, dy, width - dx, height - dy))


def taken_again(picture: Image.Image, seed: int) -> Image.Image:
    """The same thing honestly photographed another day: a step aside, another light."""
    random = Random(seed)
    turned = picture.rotate(random.uniform(-4, 4), resample=Image.Resampling.BILINEAR)
    width, height = picture.size
    left, top = (random.randrange(int(side * 0.12)) for side in (width, height))
    part = turned.crop((left, top, left + int(width * 0.86), top + int(height * 0.86)))
    return ImageEnhance.Brightness(part).enhance(random.uniform(0.7, 1.2))


def test_how_often_it_is_right_on_generated_pictures() -> None:
    """Measured, not promised: real photos were not at hand."""
    scenes = [a_scene(seed) for seed in range(SCENES)]
    runs = [dhash(scene) for scene in scenes]
    known = [n for n, one in enumerate(runs) if one]

    def found(other: list[Image.Image]) -> float:
        marks = [(runs[n], dhash(other[n])) for n in known]
        return sum(bool(b) and are_alike(a, b) for a, b in marks) / len(marks)

    pairs = list(combinations(known, 2))
    wrong = sum(are_alike(runs[a], runs[b]) for a, b in pairs) / len(pairs)
    again = [Image.open(io.BytesIO(packed(scene, quality=40))) for scene in scenes]
    small = [scene.resize((240, 180)) for scene in scenes]
    shares = {
        "said nothing": 1 - len(known) / SCENES,
        "wrong of pairs": wrong,
        "packed again": found(again),
        "half the size": found(small),
        "2 % cut off each side": found([cropped(scene, 0.02) for scene in scenes]),
        "5 % cut off each side": found([cropped(scene, 0.05) for scene in scenes]),
        "mirrored": found([scene.transpose(Image.Transpose.FLIP_LEFT_RIGHT) for scene in scenes]),
        "honestly taken again": found([taken_again(s, n) for n, s in enumerate(scenes)]),
    }
    assert shares["said nothing"] < 0.05
    assert shares["wrong of pairs"] < 0.001
    assert shares["packed again"] > 0.97
    assert shares["half the size"] > 0.97
    assert shares["2 % cut off each side"] > 0.9
    # What it cannot do: see through a larger cut or a mirror, and tell an honest photo apart that
    # was taken from nearly the same place.
    assert shares["5 % cut off each side"] < 0.6
    assert shares["mirrored"] < 0.01
    assert shares["honestly taken again"] < 0.15


def test_a_dark_or_even_picture_says_nothing() -> None:
    assert dhash(Image.new("RGB", SIZE, (12, 12, 14))) == ""
    assert dhash(Image.linear_gradient("L").rotate(90).resize(SIZE)) == ""


@pytest.fixture
def house(actor: Actor) -> Iterator[House]:
    with frozen(NOW):
        yield a_house(actor)


def shown(house: House, work: WorkOrder, code: str, picture: Image.Image, by: Actor) -> None:
    with frozen(work.opened_at + 12 * MINUTE):
        pass_point(work.id, Said(code), actor=by, files=[packed(picture)])


def test_a_photo_that_looks_like_an_earlier_one_of_the_same_person_is_a_hint(house: House) -> None:
    _route, first = a_round(house, {}, {}, early=10, late=60)
    with acting(house.actor):
        works = list(WorkOrder.objects.filter(case=None).order_by("opened_at")[:3])
    one, other = a_scene(1), a_scene(2)
    shows = [
        (("P1", one), ("P2", other)),
        (("P1", one.resize((400, 300))), ("P2", cropped(one, 0.01))),  # seen at another point
        (("P1", other.resize((400, 300))), ("P2", cropped(other, 0.01))),
    ]
    for work, photos in zip(works, shows, strict=True):
        opened(work)
        for code, picture in photos:
            shown(house, work, code, picture, house.doer)
    with acting(house.actor):
        hints = [
            [(row.point.code, seen[one.id].work_id) for one, row in passed if one.id in seen]
            for work in works
            if (passed := passed_at(points_of(work), company=work.company_id)) is not None
            and (seen := alike(passed, company=work.company_id)) is not None
        ]
        flags = [row.flags for work in works for row in points_of(work)]
        report = report_json(rounds_report(NOW.date(), NOW.date() + 3 * DAY, actor=house.actor))
    assert hints == [[], [("P1", first.id)], [("P2", first.id)]]
    assert not any("photo" in one for one in flags)  # it is no flag, and decides nothing
    assert [one["alike"] for one in report["routes"].values()] == [2]
