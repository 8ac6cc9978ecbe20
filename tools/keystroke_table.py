"""Print docs/keystrokes.md: `python -m tools.keystroke_table > docs/keystrokes.md`."""

from tests.journeys.keystrokes import CHARACTER, TASKS, B, H, K, M, P

HEAD = f"""# How long a task takes a person

Printed from `tests/journeys/keystrokes.py` by `tools/keystroke_table.py`; a test compares the two.
What is pointed at and pressed is counted by the journeys in a real browser (`tests/journeys`),
which fail when it is another number than here. Seconds follow by the keystroke-level model of Card,
Moran and Newell (Communications of the ACM 23, 1980, 396-410): `{P} s` to point and `{B} s` to
press, `{K} s` a key (average typist who is no secretary), `{H} s` for the hand from keys to pointer
and back, `{M} s` to make up one's mind before each choice and each text. Ours: a finger counts as a
pointer, a Chinese character as {CHARACTER} keys.

Left out: listening and speaking, walking, holding the camera, reading what came back, the machine's
own time (`make bench`). Where a goal includes a conversation, what is left is for it.

| Who | Task | Pointed at | Keys | Choices | Moves | Seconds | Goal | |
|---|---|---|---|---|---|---|---|---|
"""


def table() -> str:
    """The whole document."""
    rows = []
    for task in TASKS.values():
        a, seconds = task.acts, task.acts.seconds
        met = "met" if seconds <= task.goal else "**over**"
        rows.append(
            f"| {task.role} | {task.task} | {a.points} | {a.keys} | {a.minds} | {a.moves} "
            f"| {seconds:.1f} | {task.goal:g} | {met} |"
        )
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    print(table(), end="")
