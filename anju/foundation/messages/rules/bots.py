"""What the robots of a group want to be sent, and what their answers mean.

Written from the providers' public documents: WeCom group robots (企业微信群机器人), DingTalk custom
robots with a signature (钉钉自定义机器人, 加签), Feishu custom bots (飞书自定义机器人, 签名校验).
All three answer HTTP 200 with a code of their own, 0 for taken.
"""

import base64
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from anju.foundation.messages.rules.outbox import DELIVERED, Outcome

HOSTS: Mapping[str, str] = {
    "wecom": "qyapi.weixin.qq.com",
    "dingtalk": "oapi.dingtalk.com",
    "feishu": "open.feishu.cn",
}
MOST = 2000  # bytes of a text; WeCom takes 2,048, the others more
CODES = {"wecom": "errcode", "dingtalk": "errcode", "feishu": "code"}
# Codes that no second try can change: a wrong key, signature, address or text. All others are
# tried again: better a message late than one lost to a code we have not heard of.
HOPELESS: Mapping[str, frozenset[int]] = {
    "wecom": frozenset({40008, 40058, 44004, 93000, 93008, 93017}),
    "dingtalk": frozenset({300001, 300005, 310000, 400013, 400101, 400102, 43004}),
    "feishu": frozenset({9499, 19001, 19021, 19022, 19024}),
}
TOO_FAST: Mapping[str, frozenset[int]] = {
    "wecom": frozenset({45009, 45033}),
    "dingtalk": frozenset({130101, 130102, 410100}),
    "feishu": frozenset({11232, 99991400}),
}


def dingtalk_sign(secret: str, stamp: int) -> str:
    """Base64 of HMAC-SHA256 over "<milliseconds>\\n<secret>", keyed with the secret."""
    mac = hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), "sha256")
    return base64.b64encode(mac).decode()


def feishu_sign(secret: str, stamp: int) -> str:
    """Base64 of HMAC-SHA256 over nothing, keyed with "<seconds>\\n<secret>"."""
    return base64.b64encode(hmac.digest(f"{stamp}\n{secret}".encode(), b"", "sha256")).decode()


def request(kind: str, text: str, secret: str, *, at: float) -> tuple[str, bytes]:
    """The query to add to the robot's address and the body; `at` in seconds."""
    query, said = "", cut(text)
    body: dict[str, Any]
    if kind == "feishu":
        body = {"msg_type": "text", "content": {"text": said}}
        if secret:
            stamp = int(at)
            body = {"timestamp": str(stamp), "sign": feishu_sign(secret, stamp), **body}
    else:
        body = {"msgtype": "text", "text": {"content": said}}
    if kind == "dingtalk" and secret:
        millis = int(at * 1000)
        query = urlencode({"timestamp": millis, "sign": dingtalk_sign(secret, millis)})
    return query, json.dumps(body, ensure_ascii=False).encode()


def cut(text: str) -> str:
    """At most `MOST` bytes, never half a character."""
    raw = text.encode()
    return text if len(raw) <= MOST else raw[: MOST - 3].decode(errors="ignore") + "…"


def outcome(kind: str, status: int, body: bytes) -> Outcome:
    """What an answer means. Their words are not kept: only the code, which names nobody."""
    if status != 200:
        return of_status(status)
    try:
        answer = json.loads(body)
        code = int(answer.get(CODES[kind], answer.get("StatusCode")))
    except (ValueError, TypeError, AttributeError):
        return Outcome("unclear", "answer")
    if code == 0:
        return DELIVERED
    if code in TOO_FAST[kind]:
        return Outcome("temporary", f"too_fast:{code}", unreachable=True)
    if code in HOPELESS[kind]:
        return Outcome("permanent", f"provider:{code}")
    return Outcome("temporary", f"provider:{code}")


def of_status(status: int) -> Outcome:
    """An answer before it came to the provider's own codes."""
    if 300 <= status < 400:
        return Outcome("permanent", f"redirect:{status}")
    if status == 429:
        return Outcome("temporary", f"http:{status}", unreachable=True)
    gone = status in (401, 403, 404, 410)
    return Outcome("permanent" if gone else "temporary", f"http:{status}")
