"""Places as pure values: paths, codes, what stands inside what, classes of equipment."""

from collections.abc import Mapping
from types import MappingProxyType

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
LABEL_DIGITS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 O 1 I L U: read aloud, copied by hand
LABEL_LENGTH = 8

KINDS = ("region", "community", "building", "unit", "floor", "room", "public")
INSIDE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "region": ("region",),
        "community": ("region",),
        "building": ("community",),
        "unit": ("building",),
        "floor": ("building", "unit"),
        "room": ("community", "building", "unit", "floor"),
        "public": ("region", "community", "building", "unit", "floor", "public"),
    }
)
ROOTS = ("region", "community")
# These give their code to the rooms inside: building 3, unit 2, room 1201 is 3-2-1201.
NAMING = ("building", "unit", "room")


def segment(n: int) -> str:
    """The path segment of the n-th place: base 36 and a dot, never changed afterwards."""
    if n < 0:
        raise ValueError("segments are counted from zero")
    text = ""
    while True:
        n, digit = divmod(n, 36)
        text = DIGITS[digit] + text
        if n == 0:
            return text + "."


def successor(path: str) -> str:
    """The first text, in collation C, after everything that begins with `path`.

    `path >= p AND path < successor(p)` is the subtree of p (D13). A path ends in a dot, so its
    last character can always be raised.
    """
    if not path:
        raise ValueError("the whole company has no successor")
    return path[:-1] + chr(ord(path[-1]) + 1)


def ancestors(path: str) -> list[str]:
    """Paths of everything `path` stands in, from the root down, itself last."""
    parts = path.split(".")[:-1]
    return [".".join(parts[: n + 1]) + "." for n in range(len(parts))]


def stands_in(kind: str, parent_kind: str | None) -> bool:
    """Whether a place of `kind` may stand directly in one of `parent_kind` (None: at the top)."""
    return kind in ROOTS if parent_kind is None else parent_kind in INSIDE[kind]


def full_code(kind: str, code: str, base: str) -> str:
    """The code people use: `3-2-1201`; `base` is what the place stands in gives (`code_base`)."""
    return f"{base}{code}" if kind not in (*ROOTS, "building") else code


def code_base(kind: str, code: str, full: str) -> str:
    """What a place gives to the codes inside it: building 3 -> `3-`, unit 2 of it -> `3-2-`.

    Floors and public areas hand on what they were given; communities and regions give nothing.
    """
    if kind in ROOTS:
        return ""
    return f"{full}-" if kind in NAMING else full.removesuffix(code)


SYSTEMS = ("EL", "LT", "WS", "AC", "LE", "FS", "SA", "ELV", "PK", "TL", "BD")
IMPORTANCE = ("A", "B", "C")
ASSET_STATES = ("in_use", "standby", "stopped", "repair", "scrapped")
METERS = ("", "water", "power", "gas", "heat")


def code_in(scanned: str) -> str:
    """The code in what was scanned or typed: the end of an address, or the code itself."""
    last = scanned.strip().rstrip("/").rpartition("/")[2]
    return last.partition("?")[0].upper()


def label_code(random: bytes) -> str:
    """A label's short code from random bytes: eight signs that cannot be misread."""
    n = int.from_bytes(random)
    text = ""
    for _ in range(LABEL_LENGTH):
        n, digit = divmod(n, len(LABEL_DIGITS))
        text += LABEL_DIGITS[digit]
    return text
