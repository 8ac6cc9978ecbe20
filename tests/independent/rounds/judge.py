"""How every point of the report of rounds ought to stand, from what is raw in it.

    python -m tests.independent.rounds.judge report.json

Written from the words of the requirement, with nothing of anju: it takes windows, orders, ways and
visits, and compares what it makes of them with what the report says. Prints the differences; ends
with 1 where there are any.
"""

import json
import sys
from datetime import datetime
from itertools import pairwise

MET = {"hand": 0, "photo": 1, "qr": 2, "qr_photo": 3, "nfc": 4, "nfc_photo": 5}


def moment(text):
    return datetime.fromisoformat(text)


def key(visit):
    return moment(visit["at"]), visit["id"]


def verdicts(report):
    """Point id -> (how it stands, what is odd about it, sorted)."""
    at, found = moment(report["at"]), {}
    everything = [v for r in report["rounds"] for p in r["points"] for v in p["visits"]]
    pictured = {}
    for visit in sorted(everything, key=key):
        if visit["photo"]:
            pictured.setdefault(visit["photo"], visit["id"])
    for one in report["rounds"]:
        odd = oddities(one, pictured)
        for point in one["points"]:
            state = stands(point, one["work"], at)
            found[point["id"]] = (state, sorted(odd[point["id"]]))
    return found


def came_to(point):
    """Who could not reach it did not come to it."""
    return [visit for visit in point["visits"] if visit["verdict"] != "na"]


def stands(point, work, at):
    opens, closes, lapses = (moment(point[k]) for k in ("opens_at", "closes_at", "lapses_at"))
    if came := came_to(point):
        came = min(moment(v["at"]) for v in came)
        if came > lapses:
            return "too_late"
        if came > closes:
            return "made_up"
        return "early" if came < opens else "on_time"
    if work == "void":
        return "void"
    if at > lapses:
        return "missed"
    if at > closes:
        return "late"
    return "open"


def oddities(one, pictured):
    odd = {point["id"]: set() for point in one["points"]}
    first = {}
    for point in one["points"]:
        visits = sorted(came_to(point), key=key)
        if not visits:
            continue
        came = first[point["id"]] = visits[0]
        if came.get("written_by"):
            odd[point["id"]].add("told")
        if came["photo"] and pictured[came["photo"]] != came["id"]:
            odd[point["id"]].add("photo")
        shown = {"qr": 2, "nfc": 4}.get(came["how"], 0) + (1 if came["photo"] else 0)
        if shown < MET[point["proof"]]:
            odd[point["id"]].add("proof")
        if point["reads"] and came["number"] is None:
            odd[point["id"]].add("reading")
        for earlier, later in pairwise(visits):
            if earlier["verdict"] == "pass":
                odd[point["id"]].add("twice" if earlier["by"] == later["by"] else "people")
    walked = [p for p in one["points"] if p["id"] in first]
    for point in walked:
        mine = key(first[point["id"]])
        if one["order"] == "fixed" and any(
            other["turn"] > point["turn"] and key(first[other["id"]]) < mine for other in walked
        ):
            odd[point["id"]].add("order")
        if wrong := hurried(one, point, first):
            odd[point["id"]].add(wrong)
    return odd


def hurried(one, point, first):
    """Whether who passed it had been elsewhere too short a time before."""
    visit = first[point["id"]]
    own = [
        p for p in one["points"]
        if p["id"] in first and first[p["id"]]["by"] == visit["by"]
        and key(first[p["id"]]) < key(visit)
    ]  # fmt: skip
    if not own:
        return ""
    before = max(own, key=lambda p: key(first[p["id"]]))
    ways = [p["walk"] for p in one["points"] if p["n"] > 1 and p["walk"] > 0]
    if abs(before["n"] - point["n"]) == 1:
        walk = before["walk"] if before["n"] > point["n"] else point["walk"]
    else:
        walk = min(ways) if ways else 0
    gap = (moment(visit["at"]) - moment(first[before["id"]]["at"])).total_seconds()
    if gap < walk:
        return "speed"
    return "dwell" if gap < walk + point["dwell"] else ""


def sums(report):
    """Route -> (points, by state, by flag, not reached), counted anew."""
    found = {}
    for one in report["rounds"]:
        n, states, flags, barred = found.setdefault(one["route"], [0, {}, {}, 0])
        for point in one["points"]:
            n += 1
            barred += bool(point["visits"]) and not came_to(point)
            states[point["state"]] = states.get(point["state"], 0) + 1
            for flag in point["flags"]:
                flags[flag] = flags.get(flag, 0) + 1
        found[one["route"]][0], found[one["route"]][3] = n, barred
    return found


def differences(report):
    """What the report says otherwise than it ought to, a line each."""
    wrong, ought = [], verdicts(report)
    for one in report["rounds"]:
        for point in one["points"]:
            says = (point["state"], sorted(point["flags"]))
            if says != ought[point["id"]]:
                wrong.append(
                    f"{one['number']} {point['code']}: says {says}, ought {ought[point['id']]}"
                )
    for route, (n, states, flags, barred) in sums(report).items():
        said = report["routes"][route]
        says = [said[k] for k in ("n", "states", "flags", "unreached")]
        if says != [n, states, flags, barred]:
            wrong.append(f"{route}: says {says}, ought {n} {states} {flags} {barred}")
    return wrong


def main(argv):
    with open(argv[0], encoding="utf-8") as file:
        report = json.load(file)
    wrong = differences(report)
    points = sum(len(one["points"]) for one in report["rounds"])
    print("\n".join([*wrong, f"{points} points, {len(wrong)} differences"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
