"""A value of the library in words a person reads: "每天不少于2次", "不超过30分钟". Pure.

The library is Chinese; so are these words, in both scripts by the same tables as the rest.
"""

from anju.engine.library.rules import Value

_UNITS = {
    "s": "秒", "min": "分钟", "h": "小时", "d": "天", "wd": "个工作日", "week": "周",
    "month": "个月", "year": "年",
}  # fmt: skip
_OPS = {">=": "不少于", "<=": "不超过", "==": ""}
_PERIODS = {
    "hour": "每小时", "shift": "每班", "day": "每天", "week": "每周", "half_month": "每半月",
    "month": "每月", "two_months": "每两月", "quarter": "每季度", "half_year": "每半年",
    "year": "每年", "event": "每次",
}  # fmt: skip


def said(value: Value) -> str:
    """The value as a sentence, simplified. Words of its own come last, in brackets."""
    if value.op == "text":
        head = ""
    elif value.op == "every":
        head = f"每{_amount(value)}一次"
    else:
        head = f"{_PERIODS.get(value.period or '', '')}{_OPS[value.op]}{_amount(value)}"
    if value.scope:
        head = f"{value.scope}：{head}" if head else f"{value.scope}："
    if not value.text:
        return head
    if value.op == "text":
        return head + value.text
    return f"{head}（{value.text}）"


def _amount(value: Value) -> str:
    unit = _UNITS.get(value.unit, value.unit)
    return f"{value.value:g}{unit}" if value.value is not None else ""
