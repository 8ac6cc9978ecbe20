"""The first minute of an empty installation, in a database of its own."""

import os
import subprocess
import sys

from anju.foundation.server.testing import an_empty_database

FIRST_MINUTE = """
import django
django.setup()
from django.conf import settings
from django.test import Client
from anju.foundation.access.commands import set_up_token
from anju.foundation.access.queries import by_login
settings.ALLOWED_HOSTS = ["*"]
settings.STORAGES = {**settings.STORAGES, "staticfiles": {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
client, url = Client(), f"/set-up/{set_up_token()}"
assert client.get("/set-up/wrong").status_code == 404
assert client.get(url).status_code == 200
word = "a long enough sentence"
given = {"company": "东湖物业", "code": "donghu", "zone": "Asia/Shanghai", "name": "张三",
         "login": "Boss", "password": "short", "again": "short"}
weak = client.post(url, given)
assert weak.status_code == 422 and "东湖物业" in weak.content.decode()
given.update(password=word, again=word)
done = client.post(url, given)
assert (done.status_code, done["Location"]) == (302, "/sign-in?ready=1"), done.content.decode()
assert client.post(url, given).status_code == 404
who, _secrets = by_login("boss")
assert who.roles == (("admin", ""),) and who.duty == "second factor" and not who.actor.grants
from anju.engine.standards.models import Standard
from anju.foundation.calendars.models import Calendar
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
machine = Actor.machine(who.actor.company_id, "test")
with acting(machine):  # promises hold from the first case on, not from the next start on
    in_force = Standard.objects.seen_by(machine).filter(state="published")
    assert (in_force.count(), Calendar.objects.seen_by(machine).count()) == (2, 3)
signed = client.post("/sign-in", {"login": "boss", "password": word})
assert signed["Location"] == "/"
assert client.get("/users")["Location"] == "/account/second-factor"
print("ready")
"""


def test_the_set_up_link_founds_a_company_once() -> None:
    name = an_empty_database()
    done = subprocess.run(
        [sys.executable, "-c", FIRST_MINUTE],
        env={**os.environ, "ANJU_DATABASE": name},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "ready", done.stderr[-3000:]
