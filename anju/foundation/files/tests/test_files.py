"""Keeping, showing, erasing and sweeping files; what the seals say of them."""

import io
import os
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection
from PIL import Image

from anju.foundation.events.models import Event
from anju.foundation.events.testing import as_owner, codes, seal_all, verified
from anju.foundation.files import store
from anju.foundation.files.commands import erase_file, keep_file, sweep_files
from anju.foundation.files.models import StoredFile
from anju.foundation.files.queries import open_content, stored_file
from anju.foundation.files.testing import a_file, a_picture, a_workbook
from anju.foundation.files.views import file_response
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown


def body(response):
    return b"".join(response.streaming_content)


def stored(company_id):
    """Every file on the disk of a company."""
    return {p for p in store.company_folder(company_id).rglob("*") if p.is_file()}


def test_a_picture_is_kept_whole_and_drawn_smaller(actor):
    content = a_picture(size=(2000, 1000))
    kept = keep_file(content, actor=actor, name="楼道照片.JPG")
    assert (kept.kind, kept.width, kept.height) == ("image/jpeg", 2000, 1000)
    assert (kept.name, kept.size) == ("楼道照片.jpg", len(content))
    with acting(actor):
        found = stored_file(kept.id, actor=actor)
        with open_content(found) as file:
            assert file.read() == content
        (event,) = Event.objects.about("file", kept.id)
        assert event.name == "file.kept"
        assert "楼道" not in str(event.said)
    for size, expected in (("1600", (1600, 800)), ("400", (400, 200))):
        with Image.open(io.BytesIO(body(file_response(kept, size=size)))) as small:
            assert (small.format, small.size) == ("WEBP", expected)
    assert {oct(p.stat().st_mode & 0o777) for p in stored(actor.company_id)} == {"0o600"}


def test_where_and_when_it_was_taken_stays_out_of_what_is_shown(actor):
    exif = Image.Exif()
    exif[0x010F] = "MakerSecret"
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825)[1] = "N"  # where
    exif.get_ifd(0x8769)[0x9003] = "2026:11:20 08:30:00"  # when
    content = a_picture(size=(60, 40), exif=exif.tobytes())
    assert b"MakerSecret" in content
    kept = keep_file(content, actor=actor, name="a.jpg")
    assert (kept.width, kept.height, kept.taken) == (40, 60, "2026:11:20 08:30:00")
    shown = body(file_response(kept, size="1600"))
    assert b"MakerSecret" not in shown
    with Image.open(io.BytesIO(shown)) as small:
        assert small.size == (40, 60)
        assert not small.getexif()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_pictures_of_every_mode_are_drawn(actor, mode):
    made = io.BytesIO()
    Image.new(mode, (50, 50)).save(made, "JPEG" if mode == "CMYK" else "PNG")
    kept = keep_file(made.getvalue(), actor=actor, name="a")
    assert body(file_response(kept, size="400"))[8:12] == b"WEBP"


def test_other_kinds_are_kept_as_they_are(actor):
    for content, name, mime in (
        (b"%PDF-1.7\n%%EOF", "图纸.pdf", "application/pdf"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(64), "录像", "video/mp4"),
        (b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42" + bytes(64), "录音", "audio/mp4"),
        (
            a_workbook(),
            "台账.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    ):
        kept = keep_file(io.BytesIO(content), actor=actor, name=name)
        response = file_response(kept)
        assert (kept.kind, response["Content-Type"]) == (mime, mime)
        assert response["Content-Disposition"].startswith("attachment; filename")
        assert body(response) == content
        assert file_response(kept, size="400")["Content-Disposition"].startswith("attachment")


def test_the_same_content_twice_lies_there_once(actor, other_actor):
    one, two = a_file(actor), a_file(actor, name="again.jpg")
    assert (one.sha256, one.id != two.id) == (two.sha256, True)
    assert len(stored(actor.company_id)) == 3  # the content and two smaller pictures
    theirs = a_file(other_actor)
    assert theirs.sha256 == one.sha256
    erase_file(theirs.id, actor=other_actor, reason="test")
    assert stored(other_actor.company_id) == set()
    assert len(stored(actor.company_id)) == 3


def test_an_erased_file_is_gone_and_its_row_says_so(actor):
    one, two = a_file(actor, name="王芳.jpg"), a_file(actor)
    erase_file(one.id, actor=actor, reason="asked by its owner")
    with acting(actor):
        with pytest.raises(Unknown):
            stored_file(one.id, actor=actor)
        row = StoredFile.objects.get(id=one.id)
        assert (row.name, row.sha256) == ("", one.sha256)
        assert stored_file(two.id, actor=actor)
    assert len(stored(actor.company_id)) == 3  # the other row still needs it
    with pytest.raises(Conflict):
        erase_file(one.id, actor=actor, reason="again")
    erase_file(two.id, actor=actor, reason="too")
    assert stored(actor.company_id) == set()
    with pytest.raises(Unknown):
        file_response(two)
    seal_all()
    assert verified(actor.company_id).problems == []


def test_another_companys_file_is_not_there(actor, other_actor):
    theirs = a_file(other_actor)
    with acting(actor), pytest.raises(Unknown):
        stored_file(theirs.id, actor=actor)
    with pytest.raises(Unknown):
        erase_file(theirs.id, actor=actor, reason="test")
    assert len(stored(other_actor.company_id)) == 3


def test_a_command_that_fails_afterwards_leaves_no_row_and_the_sweep_takes_the_content(actor):
    kept = a_file(actor, a_picture(colour="red"))
    with pytest.raises(RuntimeError), acting(actor):
        lost = a_file(actor)
        raise RuntimeError
    with acting(actor):
        assert not StoredFile.objects.filter(id=lost.id).exists()
    assert len(stored(actor.company_id)) == 6
    assert sweep_files(actor=actor) == 0  # too young: it might still be committed
    dead = store.company_folder(actor.company_id) / "coming" / "dead"
    dead.mkdir()
    (dead / "content").write_bytes(b"half")
    for path in (*stored(actor.company_id), dead):
        os.utime(path, (1, 1))
    assert sweep_files(actor=actor) == 2
    assert len(stored(actor.company_id)) == 3
    with acting(actor), open_content(stored_file(kept.id, actor=actor)) as file:
        assert file.read()


def test_keeping_while_the_same_content_is_erased_loses_nothing(actor):
    for _ in range(5):
        old = a_file(actor)
        kept = []

        def keep(kept=kept):
            kept.append(a_file(actor))
            connection.close()

        thread = Thread(target=keep)
        thread.start()
        erase_file(old.id, actor=actor, reason="race")
        thread.join(20)
        with acting(actor), open_content(stored_file(kept[0].id, actor=actor)) as file:
            assert file.read() == a_picture()
        erase_file(kept[0].id, actor=actor, reason="done")


def path_of(file):
    return store.content_path(file.company_id, file.sha256)


def edit(file):
    path_of(file).write_bytes(b"x" * file.size)


def remove(file):
    path_of(file).unlink()


def sql(statement):
    return lambda file: as_owner(statement, [file.id])


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (edit, {"file.changed"}),
        (remove, {"file.missing"}),
        (sql("UPDATE files_storedfile SET size = size + 1 WHERE id = %s"),
         {"row.changed", "file.changed"}),
        (sql("UPDATE files_storedfile SET taken = '2020' WHERE id = %s"), {"row.changed"}),
        (sql("UPDATE files_storedfile SET erased_at = made_at WHERE id = %s"), {"row.changed"}),
        (sql("DELETE FROM files_storedfile WHERE id = %s"), {"row.missing"}),
        (sql("UPDATE files_storedfile SET name = 'x' WHERE id = %s"), set()),
        (sql("INSERT INTO files_storedfile (company_id, id, sha256, size, kind, name, taken, dhash,"
             " by, made_at) SELECT company_id, gen_random_uuid(), sha256, size, kind, name, taken,"
             " dhash, by, made_at FROM files_storedfile WHERE id = %s"), {"row.unknown"}),
    ],
)  # fmt: skip
def test_a_file_or_row_changed_past_the_commands_is_found(actor, tamper, found):
    for colour in ("red", "green", "blue"):
        file = a_file(actor, a_picture(colour=colour))
    seal_all()
    report = verified(actor.company_id)
    assert (report.problems, report.rows) == ([], 3)
    tamper(file)
    assert codes(verified(actor.company_id)) == found


def test_the_limit_is_kept_while_it_is_written(actor, monkeypatch):
    monkeypatch.setattr(store, "CHUNK", 1024)
    read = []

    class Endless(io.RawIOBase):
        def read(self, size=-1):
            read.append(size)
            return b"\xff\xd8\xff" + b"x" * (size - 3)

    with pytest.raises(NotYet, match="10 MB"):
        keep_file(Endless(), actor=actor, name="a.jpg")
    assert sum(read) < 11 * 1024 * 1024
    assert stored(actor.company_id) == set()
    assert isinstance(store.company_folder(actor.company_id), Path)
