"""Looks at one picture in a process of its own, and draws it smaller. Run as a script.

    python -I picture.py SOURCE FORMAT FOLDER MAX_PIXELS

A decoder that hangs, eats memory or crashes takes only this process with it. Writes 1600.webp and
400.webp into FOLDER, without any of the source's metadata, and prints one JSON object: width,
height and the camera's claim of when it was taken; or `problem`: "pixels", "damaged".
"""

import json
import re
import resource
import sys
import warnings

MEMORY = 768 * 1024 * 1024  # address space: 50 million pixels in four channels fit, a bomb does not
SECONDS = 10
LARGEST_OUTPUT = 16 * 1024 * 1024
EDGES = (1600, 400)
EXIF_IFD, TAKEN = 0x8769, 0x9003


def confine() -> None:
    """Give up what this process does not need, before any foreign byte is read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_OUTPUT, LARGEST_OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def look(source: str, kind: str, folder: str, max_pixels: int) -> dict[str, object]:
    """Decode all of the picture, draw it smaller, and say what it is."""
    from PIL import Image, ImageOps  # after `confine`: the libraries are confined as well

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
        bare.save(f"{folder}/{edge}.webp", "WEBP", quality=80, method=4)
    if turned:
        width, height = height, width
    taken = claim if re.fullmatch(r"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d", claim, re.ASCII) else ""
    return {"width": width, "height": height, "taken": taken}


if __name__ == "__main__":
    confine()
    sys.stdout.write(json.dumps(look(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))))
