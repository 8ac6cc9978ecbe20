"""The search page: one box for everything."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from anju.foundation.access.doors import Request, door
from anju.foundation.entries.queries import Found, found

SHOWN = 50
PAGES = {
    "place": "registry:place",
    "asset": "registry:asset",
    "person": "registry:person",
    "case": "requests:case",
    "work": "requests:work",
}


@door(signed_in=True, methods="GET")
def search(request: Request) -> HttpResponse:
    """What the words find for who asks; a single hit opens at once when `go` is asked for."""
    words = " ".join(request.GET.get("q", "").split())[:100]
    hits = [(hit, address_of(hit)) for hit in found(words, actor=request.actor, limit=SHOWN)]
    if len(hits) == 1 and hits[0][1] and "go" in request.GET:
        return HttpResponseRedirect(hits[0][1])
    context = {"search_words": words, "hits": hits, "most": SHOWN}
    return render(request, "registry/search.html", context)


def address_of(hit: Found) -> str:
    """The page of a hit, empty where there is none."""
    kind, id = hit.page or (hit.kind, hit.id)
    try:
        return reverse(PAGES[kind], args=[id]) if kind in PAGES else ""
    except NoReverseMatch:
        return ""
