"""The demo's ledgers: some of the shelf in the first community, and five weeks of lines."""

from datetime import datetime, timedelta
from random import Random

from django.utils import translation

from anju.domains.ledgers.commands import Kept, Said, add_to_line, open_ledger, write_line
from anju.domains.ledgers.models import Ledger
from anju.domains.ledgers.shipped import BY_CODE
from anju.foundation.access.queries import by_login
from anju.foundation.lib import frozen, now
from anju.foundation.people.models import Post
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

KEPT = ("VISITOR", "KEYS", "WASTE", "ALARM", "PLANTS", "EXCEPT", "FIREROOM", "GOODS")
WEEKS = timedelta(days=36)
CLASSES = ("厨余垃圾", "其他垃圾", "可回收物", "有害垃圾")
VISITORS = (
    ("周师傅", "装修施工"),
    ("刘先生", "探访"),
    ("快递小马", "快递外卖"),
    ("中介小何", "中介看房"),
)
PLANTS = (("香樟", "乔木", 42, "主路两侧"), ("红叶石楠", "绿篱", 380, "3 栋周边"),
          ("桂花", "乔木", 26, "中心花园"), ("麦冬", "草坪", 0, "组团绿地"))  # fmt: skip
YES, NO = Said("pass"), Said("fail")


@translation.override("zh-hans")
def keep_ledgers(actor: Actor, *, seed: int) -> int:
    """Begin ledgers of the first community and write in some; how many lines. Safe to repeat: what
    is there is left as it is."""
    with acting(actor):
        community = Place.objects.seen_by(actor).filter(kind="community").order_by("id").first()
        if community is None or Ledger.objects.seen_by(actor).exists():
            return 0
        with frozen(now() - WEEKS):
            books = {code: _begun(code, community, actor) for code in KEPT}
        guard, cleaner = (_hand(login, actor) for login in ("guard", "cleaner"))
        random = Random(seed + 3)  # noqa: S311 - a demo, no secret
        return (
            _waste(books["WASTE"], cleaner, random)
            + _visitors(books["VISITOR"], guard, random)
            + _alarms(books["ALARM"], guard)
            + _plants(books["PLANTS"], cleaner)
            + _exceptions(books["EXCEPT"], cleaner)
        )


def _begun(code: str, community: Place, actor: Actor) -> Ledger:
    one = BY_CODE[code]
    posts = Post.objects.seen_by(actor).filter(code__startswith=one.post or "KF")
    post = posts.order_by("code").first()
    said = Kept(name=one.name, form=one.form, post=post, **one.kept)
    return open_ledger(community, code, said, actor=actor)


def _hand(login: str, actor: Actor) -> Actor:
    found = by_login(login)
    return found[0].actor if found else actor


def _texts(**said: str) -> dict[str, Said]:
    return {name: Said(value={"text": text}) for name, text in said.items()}


def _waste(ledger: Ledger, hand: Actor, random: Random) -> int:
    """One class a day; once it was mixed."""
    for day in range(WEEKS.days, 0, -1):
        kind = CLASSES[day % 3] if day % 11 else CLASSES[3]
        given = _texts(carrier="滨海环卫", destination="滨海再生资源中心", plate="环卫 017")
        given |= {
            "class": Said(value={"text": kind}),
            "amount": Said(value={"number": str(random.randint(4, 14))}),
            "pure": NO if day == 9 else YES,
        }
        at = _at(day, 7, random.randint(0, 50))
        with frozen(at):
            write_line(ledger.id, given, actor=hand, at=at)
    return WEEKS.days


def _visitors(ledger: Ledger, hand: Actor, random: Random) -> int:
    """Two a day for a week; the last is still inside."""
    n = 0
    for day in range(7, -1, -1):
        for hour in (9, 15):
            name, reason = VISITORS[n % len(VISITORS)]
            at = _at(day, hour, random.randint(0, 50))
            if at > now():
                continue
            given = _texts(name=name, room=f"3-{1 + n % 2}-{2 + n % 15:02}01", reason=reason)
            with frozen(at):
                line = write_line(ledger.id, given | {"agreed": YES}, actor=hand)
            if day:
                with frozen(at + timedelta(minutes=random.randint(10, 160))):
                    add_to_line(line.id, {"left": YES}, actor=hand)
            n += 1
    return n


def _alarms(ledger: Ledger, hand: Actor) -> int:
    at = _at(3, 2, 14)
    with frozen(at):
        given = _texts(kind="故障", spot="2 栋地下一层 烟感 2-B1-07") | {"sent": YES}
        line = write_line(ledger.id, given, actor=hand)
    with frozen(at + timedelta(minutes=18)):
        add_to_line(
            line.id, _texts(cause="误报", words="灰尘，已清洁") | {"restored": YES}, actor=hand
        )
    return 1


def _plants(ledger: Ledger, hand: Actor) -> int:
    for species, kind, count, spot in PLANTS:
        given = _texts(species=species, kind=kind, spot=spot)
        if count:
            given["count"] = Said(value={"number": str(count)})
        write_line(ledger.id, given, actor=hand)
    return len(PLANTS)


def _exceptions(ledger: Ledger, hand: Actor) -> int:
    given = _texts(
        kind="未能按计划进行", what="中心广场冲洗", fact="园区停水，无法冲洗", affected="无"
    )
    with frozen(_at(2, 10, 5)):
        write_line(ledger.id, given, actor=hand)
    return 1


def _at(days: int, hour: int, minute: int) -> datetime:
    """An hour of a day before today, where most companies are."""
    return (now() - timedelta(days=days)).replace(hour=hour, minute=minute) - timedelta(hours=8)
