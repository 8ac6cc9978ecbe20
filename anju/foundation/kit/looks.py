"""How one browser wants its pages: theme and density, kept in cookies; written into <html>."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

THEMES: Mapping[str, Any] = {"auto": _("Automatic"), "light": _("Light"), "dark": _("Dark")}
DENSITIES: Mapping[str, Any] = {
    "compact": _("Compact"),
    "normal": _("Standard"),
    "comfy": _("Roomy"),
}
THEME_COOKIE, DENSITY_COOKIE = "anju_theme", "anju_density"


@dataclass(frozen=True, slots=True)
class Look:
    theme: str = "auto"
    density: str = "normal"

    @property
    def themes(self) -> Mapping[str, Any]:
        return THEMES

    @property
    def densities(self) -> Mapping[str, Any]:
        return DENSITIES


def look_of(request: HttpRequest) -> Look:
    """The look the cookies ask for; what they say wrongly is the default."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    density = request.COOKIES.get(DENSITY_COOKIE, "")
    return Look(
        theme if theme in THEMES else "auto",
        density if density in DENSITIES else "normal",
    )


def looks(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `look`, and `here`, the address to come back to after a choice."""
    return {"look": look_of(request), "here": request.get_full_path()}
