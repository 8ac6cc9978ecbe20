"""Labels: what is printed can be scanned, and says what it is on."""

import io

import pytest
import zxingcpp
from PIL import Image

from anju.foundation.places.labels import MOST, PER_PAGE, Sticker, address, sheet

URL = "https://anju.example.com"


def pages(stickers: list[Sticker]) -> list[Image.Image]:
    made = sheet(stickers, url=URL, kind="png")
    assert isinstance(made, list)
    return [Image.open(io.BytesIO(page)) for page in made]


def test_every_label_of_two_pages_decodes() -> None:
    stickers = [
        Sticker(f"AB23CD{n:02d}", "3-2-1201", "住宅", "东湖一期") for n in range(PER_PAGE + 1)
    ]
    images = pages(stickers)
    read = {code.text for image in images for code in zxingcpp.read_barcodes(image)}
    assert len(images) == 2
    assert read == {address(s.short, url=URL) for s in stickers}


def test_a_label_survives_dirt_on_a_tenth_of_its_code() -> None:
    """Error correction Q: a blot over the middle does not stop it."""
    (image,) = pages([Sticker("AB23CD45", "DH1-LE-KT-3-001", "3栋1号客梯", "东湖一期")])
    (code,) = zxingcpp.read_barcodes(image)
    left, top = code.position.top_left.x, code.position.top_left.y
    side = code.position.bottom_right.x - left
    blot = side // 4
    middle = (left + side // 2, top + side // 2)
    image = image.convert("L")
    image.paste(255, (middle[0], middle[1], middle[0] + blot, middle[1] + blot))
    assert [c.text for c in zxingcpp.read_barcodes(image)] == [address("AB23CD45", url=URL)]
    assert side / image.width * 210 >= 20  # millimetres


def test_the_sheet_is_a_pdf_and_takes_any_text() -> None:
    odd = Sticker("AB23CD45", '#import "x"', "*bold* $x$ \\ 𠮷䶮 “引号”", "a" * 60)
    made = sheet([odd], url=URL, phone="0571-88888888")
    assert isinstance(made, bytes)
    assert made.startswith(b"%PDF")


def test_too_many_labels_are_refused() -> None:
    with pytest.raises(ValueError, match=str(MOST)):
        sheet([Sticker("AB23CD45", "1")] * (MOST + 1), url=URL)
