"""Short messages by Alibaba Cloud SMS (阿里云短信, Dysmsapi 2017-05-25, SendSms), signed by the
provider's signature V3 (ACS3-HMAC-SHA256).

The test holds both examples of the public documents: V3 ("Request syntax and signature method V3",
06563a9e...) and a request for SendSms.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from anju.foundation.messages.rules.bots import of_status
from anju.foundation.messages.rules.outbox import DELIVERED, Outcome

ENDPOINT = "https://dysmsapi.aliyuncs.com/"
ACTION, VERSION = "SendSms", "2017-05-25"
ALGORITHM = "ACS3-HMAC-SHA256"
LONGEST = 35  # characters of a variable of a template
MOBILE = re.compile(r"1[3-9]\d{9}")
TOO_FAST = ("isv.BUSINESS_LIMIT_CONTROL", "Throttling")
AGAIN = ("isp.", "ServiceUnavailable", "InternalError", "SignatureNonceUsed")


@dataclass(frozen=True)
class Key:
    """An AccessKey of the provider."""

    id: str
    secret: str = field(repr=False)


def mobile(text: str) -> str:
    """A mobile number as the provider wants it, eleven digits; "" for anything else."""
    digits = re.sub(r"[\s\-()]", "", text).removeprefix("+86").removeprefix("0086")
    return digits if MOBILE.fullmatch(digits) else ""


def query_of(values: Mapping[str, str]) -> str:
    """The canonical query: sorted, RFC 3986. Sent as it was signed."""
    return "&".join(f"{_quoted(name)}={_quoted(values[name])}" for name in sorted(values))


def signed(
    key: Key, *, host: str, action: str, version: str, query: str, nonce: str, date: str
) -> dict[str, str]:
    """The headers of a POST without a body to "/", `date` like 2026-11-20T08:00:00Z."""
    empty = hashlib.sha256(b"").hexdigest()
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": empty,
        "x-acs-date": date,
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    asked = "\n".join(["POST", "/", query, lines, names, empty])
    text = f"{ALGORITHM}\n{hashlib.sha256(asked.encode()).hexdigest()}"
    mac = hmac.digest(key.secret.encode(), text.encode(), "sha256").hex()
    said = f"{ALGORITHM} Credential={key.id},SignedHeaders={names},Signature={mac}"
    return {**{n: v for n, v in headers.items() if n != "host"}, "Authorization": said}


def values(
    *, phone: str, sign_name: str, template: str, variable: str, text: str, out_id: str
) -> dict[str, str]:
    """What SendSms is asked. The text is one variable of a template the provider has approved."""
    said = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return {
        "PhoneNumbers": phone,
        "SignName": sign_name,
        "TemplateCode": template,
        "TemplateParam": json.dumps({variable: said}, ensure_ascii=False, separators=(",", ":")),
        "OutId": out_id,
    }


def outcome(status: int, body: bytes) -> Outcome:
    """What an answer means; errors come with a code whatever the status."""
    try:
        code = str(json.loads(body)["Code"])
    except (ValueError, KeyError, TypeError):
        return Outcome("unclear", "answer") if status == 200 else of_status(status)
    if code == "OK":
        return DELIVERED
    short = re.sub(r"[^A-Za-z0-9._-]", "", code)[:24]
    if code.startswith(TOO_FAST):
        return Outcome("temporary", f"too_fast:{short}")
    if code.startswith(AGAIN) or status >= 500:
        return Outcome("temporary", f"provider:{short}")
    return Outcome("permanent", f"provider:{short}")


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")
