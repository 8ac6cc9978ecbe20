"""The rows of a list as HTML. They are put together here and not in the template: a page of fifty
rows has six hundred cells, and the template takes eight looks at each."""

from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class Cell:
    """What a column shows of a row: text, or safe HTML. `look` and `label`: the column's."""

    look: str
    label: str
    html: Any

    def as_html(self, url: str) -> SafeString:
        """The cell in its table. A title leads to `url`, and shows whole when one points at it."""
        html, look = self.html, self.look
        if look != "title":
            none = " none" if html == "—" else ""
            line = '<td class="{}{}" data-label="{}">{}</td>'
            return format_html(line, look, none, self.label, html)
        words = strip_tags(html)
        title = SafeString(words) if isinstance(html, SafeString) else words
        if url:
            html = format_html('<a class="tl" href="{}" data-open>{}</a>', url, html)
        line = '<td class="{}" data-label="{}" title="{}">{}</td>'
        return format_html(line, look, self.label, title, html)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its object, the id it is chosen by, where it leads, its cells."""

    key: str
    url: str
    cells: tuple[Cell, ...]
    obj: Any

    @property
    def html(self) -> SafeString:
        """Its cells in the table."""
        return format_html_join("", "{}", ((cell.as_html(self.url),) for cell in self.cells))
