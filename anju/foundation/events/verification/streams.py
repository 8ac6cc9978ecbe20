"""Reading a million rows in bounded memory."""

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from django.db import connections

from anju.foundation.events.registry import Scope

BATCH = 2_000

T = TypeVar("T")


def rows(scope: Scope, sql: str, *params: Any) -> Iterator[tuple[Any, ...]]:
    """Rows of a query whose first parameter is the company, through a cursor on the server."""
    with connections[scope.using].chunked_cursor() as cursor:
        cursor.execute(sql, [scope.company, *params])
        while batch := cursor.fetchmany(BATCH):
            yield from batch


class Sorted(Generic[T]):
    """Items in the order of `key`, read in steps: each step stops in front of what is not its."""

    _NOTHING: Any = object()

    def __init__(self, items: Iterator[T], key: Callable[[T], Any]) -> None:
        self._items = items
        self._key = key
        self._next: Any = self._NOTHING

    def below(self, bound: Any) -> Iterator[T]:
        """The next items whose key is smaller than `bound`."""
        return self._while(lambda key: key < bound)

    def up_to(self, bound: Any) -> Iterator[T]:
        """The next items whose key is not greater than `bound`."""
        return self._while(lambda key: key <= bound)

    def rest(self) -> Iterator[T]:
        """All that is left."""
        return self._while(lambda _key: True)

    def _while(self, wanted: Callable[[Any], bool]) -> Iterator[T]:
        while (item := self._peek()) is not self._NOTHING and wanted(self._key(item)):
            self._next = self._NOTHING
            yield item

    def _peek(self) -> Any:
        if self._next is self._NOTHING:
            self._next = next(self._items, self._NOTHING)
        return self._next
