"""Looks at one picture in a process of its own, and draws it smaller. Run as a script.

    python -I picture.py SOURCE FORMAT FOLDER MAX_PIXELS

A decoder that hangs, eats memory or crashes takes only this process with it. Writes 1600.webp and
400.webp into FOLDER, without any of the source's metadata, and prints one JSON object: width,
height, the camera's claim of when it was taken and how its brightness runs (`dhash`); or `problem`:
"pixels", "damaged".
"""

import json
import re
import resource
import sys
import warnings
from typing import Any

MEMORY = 768 * 1024 * 1024  # address space: 50 million pixels in four channels fit, a bomb does not
SECONDS = 10
LARGEST_OUTPUT = 16 * 1024 * 1024
EDGES = (1600, 400)
STEP, STEPS, EVEN = 3, 16, 6  # too flat to be told from others; see `dhash`
EXIF_IFD, TAKEN = 0x8769, 0x9003


def confine() -> None:
    """Give up what this process does not need, before any foreign byte is read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_OUTPUT, LARGEST_OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def look(source: str, kind: str, folder: str, max_pixels: int) -> dict[str, object]:
    """Decode all of the picture, draw it smaller, and say what it is."""
    # Else PIL, asked to write it, loads all the kinds it knows: a fifth of the time of a photo.
    from PIL import (  # after `confine`: the libraries are confined as well
        Image,
        ImageOps,
        WebPImagePlugin,  # noqa: F401 - loading it is what it is for
    )

    Image.MAX_IMAGE_PIXELS = max_pixels
    warnings.simplefilter("error")
    try:
        with Image.open(source, formats=(kind,)) as image:
            width, height = image.size
            if width * height > max_pixels:
                return {"problem": "pixels"}
            exif = image.getexif()
            claim = str(exif.get_ifd(EXIF_IFD).get(TAKEN, ""))
            turned = exif.get(0x0112, 1) in (5, 6, 7, 8)
            image.draft("RGB", (EDGES[0], EDGES[0]))
            image.load()
            whole = image if image.mode in ("RGB", "RGBA", "L") else image.convert("RGBA")
            whole.thumbnail((EDGES[0], EDGES[0]), reducing_gap=2.0)
            upright = ImageOps.exif_transpose(whole).convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        return {"problem": "pixels"}
    except Exception:  # a decoder may raise anything on foreign bytes; all of it means one thing
        return {"problem": "damaged"}
    for edge in EDGES:
        upright.thumbnail((edge, edge))
        bare = Image.new("RGB", upright.size, "white")  # a new picture: no metadata comes along
        bare.paste(upright, mask=upright.getchannel("A"))
        bare.save(f"{folder}/{edge}.webp", "WEBP", quality=80, method=2)
    runs = dhash(bare)  # of the smallest, as it is shown
    if turned:
        width, height = height, width
    taken = claim if re.fullmatch(r"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d", claim, re.ASCII) else ""
    return {"width": width, "height": height, "taken": taken, "dhash": runs}


def dhash(picture: Any) -> str:
    """64 bits, as hex, of how the brightness of a picture runs from left to right in eight lines of
    nine squares (dHash): it stays nearly the same where a picture is packed again or made smaller.

    Empty where it would say nothing: fewer than 16 of the 64 steps are steps of more than 3 of 256
    shades (a dark or blank picture), or nearly all go one way (a wall that is lit from one side).
    """
    small = picture.convert("L").resize((9, 8), resample=4)  # 4: the mean of each square
    shades = small.tobytes()
    pairs = [(shades[9 * y + x], shades[9 * y + x + 1]) for y in range(8) for x in range(8)]
    bits = [left > right for left, right in pairs]
    plain = sum(abs(left - right) > STEP for left, right in pairs) < STEPS
    if plain or not EVEN <= sum(bits) <= 64 - EVEN:
        return ""
    return f"{int(''.join('01'[bit] for bit in bits), 2):016x}"


if __name__ == "__main__":
    confine()
    sys.stdout.write(json.dumps(look(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))))
