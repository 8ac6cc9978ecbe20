"""Minutes of a meeting for tests."""

from datetime import date

from anju.domains.requests.meetings.commands import keep_minutes
from anju.domains.requests.meetings.models import Minutes
from anju.foundation.places.models import Place
from anju.foundation.tenancy.actor import Actor

TEXT = """东湖花园第三次业主大会会议纪要
时间：2026年11月20日 19:00
地点：社区会议室
参加人员：业主代表 12 人，物业 3 人
一、电梯与设备
1、{building}栋电梯异响，多次报修未解决，请物业尽快处理。
2. 地下车库照明有 5 盏不亮；建议改为感应灯。
二、环境
（1）{room} 卫生间漏水影响楼下
   楼下已渗水
（2）保洁态度差，业主表示不满
三、建议在大堂增加一把轮椅
散会：21:00
"""


def the_minutes(
    actor: Actor, place: Place, *, title: str = "第三次业主大会", room: str = "3-2-1201"
) -> Minutes:
    """Minutes with five items; the same ones for the same room."""
    text = TEXT.format(room=room, building=room.split("-", maxsplit=1)[0])
    return keep_minutes(text, actor=actor, place=place, title=title, held_on=date(2026, 11, 20))
