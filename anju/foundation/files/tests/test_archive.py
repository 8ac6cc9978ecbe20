"""The archive of a matter with photos: it needs no server, and every change in it is found."""

import io
import json
import random
import subprocess
import sys
import zipfile
from uuid import uuid4

import pytest
from django.utils import translation

from anju.foundation.events.archive.check import check_archive, read_archive
from anju.foundation.events.archive.dossier import Dossier, DossierFile
from anju.foundation.events.archive.export import export_archive
from anju.foundation.events.commands import erase_values, tell
from anju.foundation.events.models import Event, EventValue
from anju.foundation.events.testing import seal_all, some_events
from anju.foundation.files.queries import open_content
from anju.foundation.files.testing import a_file, a_picture
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import found_company
from anju.foundation.tenancy.errors import NotYet


def a_dossier(actor, sealed=True):
    """A case as a higher floor would hand it over: two photos, some events, a reporter."""
    subject = ("case", uuid4())
    photos = [
        a_file(actor, a_picture(colour=colour), name="王芳家.jpg") for colour in ("red", "blue")
    ]
    for name, values in (
        ("case.opened", {"name": "王芳", "phone": "13800138000"}),
        ("case.closed", {}),
    ):
        some_events(actor, 5)  # others' events between them
        with acting(actor):
            tell(name, subject=subject, actor=actor, values=values, said={"float": 1.5, "中": [1]})
        if sealed:
            seal_all()
    with acting(actor):
        ids = [
            *Event.objects.about(*subject).values_list("id", flat=True),
            *Event.objects.filter(subject_kind="file").values_list("id", flat=True),
        ]
    return Dossier(
        subject=subject,
        title="DH1-261120-0042 水管漏水",
        rows=photos,
        events=ids,
        files=[DossierFile(p.sha256, p.name, "jpg", lambda p=p: open_content(p)) for p in photos],
        shown={"number": "DH1-261120-0042"},
    )


@pytest.fixture(scope="module")
def exported():
    """One archive for all tests that only read it, and the company it is from."""
    company = found_company(code=f"t{uuid4().hex[:12]}", name="测试物业")
    actor = Actor.machine(company.id, "test")
    with export_archive(a_dossier(actor), actor=actor) as content:
        return actor, content.read()


@pytest.fixture
def archive(exported, tmp_path):
    path = tmp_path / "case.zip"
    path.write_bytes(exported[1])
    return path


def rewritten(path, changes=None, drop=(), consistent=True):
    """The archive with members changed; `consistent`: with a manifest that fits the change."""
    import hashlib  # beside its only use

    with zipfile.ZipFile(path) as old:
        members = {n: old.read(n) for n in old.namelist() if n not in drop}
    for name, change in (changes or {}).items():
        members[name] = change(members.get(name, b""))
    if consistent:
        manifest = {
            n: {"sha256": hashlib.sha256(c).hexdigest(), "size": len(c)}
            for n, c in members.items()
            if n != "manifest.json"
        }
        members["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w") as new:
        for name, content in members.items():
            new.writestr(name, content)
    return path


def found(path):
    return {problem.code for problem in check_archive(path)}


def as_json(change):
    def apply(raw):
        whole = json.loads(raw)
        return json.dumps(change(whole) or whole, ensure_ascii=False).encode()

    return apply


def test_it_holds_and_says_what_it_is(archive, exported):
    actor, _content = exported
    checked = read_archive(archive)
    assert checked.problems == []
    assert (checked.events, checked.rows, checked.files, checked.values) == (4, 2, 2, 2)
    assert (checked.title, checked.company) == ("DH1-261120-0042 水管漏水", actor.company_id)
    with zipfile.ZipFile(archive) as content:
        assert {n for n in content.namelist() if not n.startswith("files/")} == {
            "README.txt", "archive.json", "shown.json", "rows.json", "events.json", "seals.json",
            "manifest.json",
        }  # fmt: skip
        texts = [
            e["held"].get("name", {}).get("text") for e in json.loads(content.read("events.json"))
        ]
    assert "王芳" in texts


def test_it_is_checked_where_there_is_no_installation(archive, tmp_path):
    program = (
        "import sys; from pathlib import Path;"
        "from anju.foundation.events.archive.check import check_archive;"
        "print(check_archive(Path(sys.argv[1])));"
        "from django.conf import settings; print(settings.configured)"
    )
    child = subprocess.run(
        [sys.executable, "-c", program, str(archive)],
        env={"PYTHONPATH": ":".join(p for p in sys.path if p)},
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert child.stdout.split() == ["[]", "False"]


def test_erased_values_are_not_in_it_and_it_still_holds(actor, tmp_path):
    dossier = a_dossier(actor)
    erase_values(actor=actor, events=dossier.events)
    path = tmp_path / "case.zip"
    with export_archive(dossier, actor=actor) as content:
        path.write_bytes(content.read())
    assert check_archive(path) == []
    with zipfile.ZipFile(path) as inside:
        assert "13800138000" not in inside.read("events.json").decode()
    with acting(actor):
        assert not EventValue.objects.exists()


def test_it_waits_for_the_seals(actor):
    seal_all()
    with translation.override("en"), pytest.raises(NotYet, match="sealed"):
        export_archive(a_dossier(actor, sealed=False), actor=actor)


def test_another_companys_events_are_not_exported(actor, other_actor):
    dossier = a_dossier(actor)
    with pytest.raises(NotYet):
        export_archive(dossier, actor=Actor.machine(other_actor.company_id, "x"))


def change_event(key, value, which=0):
    def change(events):
        events[which][key] = value

    return {"events.json": as_json(change)}


def without_last_event(events):
    events.pop()


def swap(events):
    events[0]["position"], events[1]["position"] = events[1]["position"], events[0]["position"]


def other_row(rows):
    rows[next(iter(rows))]["size"] += 1


def held(event_change):
    def change(events):
        (event,) = [e for e in events if e["held"]]
        event_change(event["held"])

    return {"events.json": as_json(change)}


CHANGES = {
    "said": (change_event("said", {"n": 2}), {"archive.leaf"}),
    "time": (change_event("at", "2020-01-01T00:00:00+00:00"), {"archive.leaf"}),
    "who": (change_event("by", str(uuid4())), {"archive.leaf"}),
    "name": (change_event("name", "case.praised"), {"archive.leaf"}),
    "leaf": (change_event("leaf", "00" * 32), {"archive.leaf", "archive.proof"}),
    "place": (change_event("position", 1, 3), {"archive.proof"}),
    "no such place": (change_event("position", 10**9), {"archive.proof"}),
    "swapped": ({"events.json": as_json(swap)}, {"archive.proof"}),
    "no proof": (change_event("proof", []), {"archive.proof"}),
    "no such seal": (change_event("seal", 10**9), {"archive.proof"}),
    "value": (held(lambda v: v["name"].update(text="李强")), {"archive.value"}),
    "value added": (held(lambda v: v.update(x={"salt": "00", "text": "x"})), {"archive.value"}),
    "row": ({"rows.json": as_json(other_row)}, {"archive.row"}),
    "row added": ({"rows.json": as_json(lambda r: r.update(x={"a": 1}))}, {"archive.row"}),
    "event of a row left out": (
        {"events.json": as_json(lambda e: [x for x in e if not x["wrote"]])}, {"archive.row"},
    ),
    "seal": ({"seals.json": as_json(lambda s: s[0].update(n=99))},
             {"archive.seal", "archive.proof"}),
    "seal time": ({"seals.json": as_json(lambda s: s[0].update(at="2020-01-01T00:00:00+00:00"))},
                  {"archive.seal"}),
    "title kept, company changed": (
        {"archive.json": as_json(lambda h: h.update(company=str(uuid4())))},
        {"archive.leaf", "archive.seal"},
    ),
    "file put in": ({"files/x.jpg": lambda _old: b"x"}, {"archive.file"}),
    "not json": ({"events.json": lambda _old: b"{"}, {"archive.broken"}),
    "not events": ({"events.json": lambda _old: b"[[1]]"}, {"archive.broken"}),
    "deep": ({"events.json": lambda _old: b"[" * 100_000}, {"archive.broken"}),
    "other format": ({"archive.json": as_json(lambda h: h.update(format="x"))}, {"archive.broken"}),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_behind_a_fitting_manifest_is_found(archive, changes, expected):
    assert found(rewritten(archive, changes)) == expected


def test_a_changed_photo_is_found(archive):
    with zipfile.ZipFile(archive) as content:
        photo = next(n for n in content.namelist() if n.startswith("files/"))
    assert found(rewritten(archive, {photo: lambda c: c + b"x"})) == {
        "archive.file",
        "archive.member",
    }


def test_what_the_manifest_does_not_know_is_found(archive):
    add = {"extra.txt": lambda _old: b"x"}
    assert found(rewritten(archive, add, consistent=False)) == {"archive.member"}
    assert "archive.member" in found(rewritten(archive, drop=["README.txt"], consistent=False))


def test_a_damaged_or_foreign_file_is_never_an_error_of_ours(archive, tmp_path):
    whole = archive.read_bytes()
    chance = random.Random(7)
    assert found(tmp_path / "nothing.zip") == {"archive.broken"}
    for n in range(120):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        if n % 3 == 0:
            broken = broken[: chance.randrange(len(broken))]
        if n == 1:
            broken = bytearray(b"PK\5\6" + bytes(18))
        path = tmp_path / "broken.zip"
        path.write_bytes(bytes(broken))
        problems = check_archive(path)
        assert isinstance(problems, list)
        if n % 3 == 0:
            assert problems


def test_two_members_of_one_name_are_refused(archive):
    with zipfile.ZipFile(archive, "a") as content, pytest.warns(UserWarning, match="Duplicate"):
        content.writestr("rows.json", "{}")
    assert found(archive) == {"archive.broken"}
    assert io.BytesIO(archive.read_bytes())
