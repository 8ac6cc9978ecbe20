"""What the providers want to be sent, held against the examples of their public documents."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from anju.foundation.messages.rules import bots, sms, voice
from anju.foundation.messages.rules.policy import quiet_until

SHANGHAI = ZoneInfo("Asia/Shanghai")
LIMIT, NUMBER = {"Code": "isv.BUSINESS_LIMIT_CONTROL"}, {"Code": "isv.MOBILE_NUMBER_ILLEGAL"}


def test_the_example_of_alibaba_clouds_signature_v3() -> None:
    """The worked example of "Request syntax and signature method V3", with fixed nonce and date:
    alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature"""
    headers = sms.signed(
        sms.Key("YourAccessKeyId", "YourAccessKeySecret"),
        host="ecs.cn-shanghai.aliyuncs.com",
        action="RunInstances",
        version="2014-05-26",
        query=sms.query_of(
            {
                "RegionId": "cn-shanghai",
                "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
            }
        ),
        nonce="3156853299f313e23d1673dc12e1703d",
        date="2023-10-26T10:22:32Z",
    )
    assert headers["Authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;"
        "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_the_parameters_of_send_sms_are_those_of_its_document() -> None:
    """Dysmsapi's own older example signs by HMAC-SHA1: the same parameters, escaped by us, give its
    published signature, so names and escaping are right."""
    asked = sms.values(
        phone="15300000001",
        sign_name="阿里云短信测试专用",
        template="SMS_71390007",
        variable="customer",
        text="test",
        out_id="123",
    )
    common = {
        "AccessKeyId": "testId",
        "Action": "SendSms",
        "Format": "XML",
        "RegionId": "cn-hangzhou",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466",
        "SignatureVersion": "1.0",
        "Timestamp": "2017-07-12T02:42:19Z",
        "Version": "2017-05-25",
    }
    text = "GET&%2F&" + sms._quoted(sms.query_of({**common, **asked}))
    mac = hmac.new(b"testSecret&", text.encode(), hashlib.sha1).digest()
    assert base64.b64encode(mac).decode() == "zJDF+Lrzhj/ThnlvIToysFRq6t4="


def test_the_parameters_of_a_call_are_those_of_its_document() -> None:
    """SingleCallByTts: help.aliyun.com/zh/vms, api-dyvmsapi-2017-05-25-singlecallbytts. The public
    mode shows a number of the provider's; the document allows OutId 1 to 15 signs."""
    options = {"template": "TTS_10001", "variable": "what", "show_number": ""}
    message = "01a22640-824a-78c5-ab48-9b2036c84485"
    asked = voice.values(phone="15900000000", options=options, text="电梯困人", message=message)
    assert asked == {
        "CalledNumber": "15900000000",
        "TtsCode": "TTS_10001",
        "TtsParam": '{"what":"电梯困人"}',
        "PlayTimes": "2",
        "OutId": "5ab489b2036c84485"[-15:],
    }
    own = voice.values(
        phone="15900000000",
        options={**options, "show_number": "057112345678"},
        text="漏" * 60,
        message=message,
    )
    assert own["CalledShowNumber"] == "057112345678"
    assert json.loads(own["TtsParam"])["what"] == "漏" * 34 + "…"


def test_robots_sign_as_their_documents_say() -> None:
    """DingTalk and Feishu publish the recipe and no result: these are computed by a second hand
    (openssl), they are not the providers' own examples."""
    assert bots.dingtalk_sign("this is secret", 1700000000000) == DINGTALK
    assert bots.feishu_sign("this is secret", 1700000000) == FEISHU
    query, body = bots.request("dingtalk", "你好", "this is secret", at=1700000000)
    assert query == f"timestamp=1700000000000&sign={DINGTALK_ESCAPED}"
    assert json.loads(body) == {"msgtype": "text", "text": {"content": "你好"}}
    query, body = bots.request("feishu", "你好", "this is secret", at=1700000000)
    assert query == ""
    said = json.loads(body)
    assert (said["timestamp"], said["sign"]) == ("1700000000", FEISHU)
    assert said["content"] == {"text": "你好"}
    assert bots.request("wecom", "你好", "", at=0) == (
        "",
        '{"msgtype": "text", "text": {"content": "你好"}}'.encode(),
    )


DINGTALK = "sSFWELbV2YwjdDQhWZwTcWlX5BWUx5J6TPpsZmuPii0="
DINGTALK_ESCAPED = "sSFWELbV2YwjdDQhWZwTcWlX5BWUx5J6TPpsZmuPii0%3D"
FEISHU = "OfGzRzoUICBOoc8wVra1e4A1hPfbZ9zqXozA8CWVUuY="


def test_a_long_text_is_cut_between_characters() -> None:
    cut = bots.cut("漏" * 1000)
    assert len(cut.encode()) <= bots.MOST
    assert cut == "漏" * 665 + "…"
    assert bots.cut("short") == "short"


@pytest.mark.parametrize(
    ("kind", "status", "answer", "result", "error"),
    [
        ("wecom", 200, {"errcode": 0}, "delivered", ""),
        ("wecom", 200, {"errcode": 93000}, "permanent", "provider:93000"),
        ("wecom", 200, {"errcode": 45009}, "temporary", "too_fast:45009"),
        ("wecom", 200, {"errcode": 12345678}, "temporary", "provider:12345678"),
        ("dingtalk", 200, {"errcode": 310000}, "permanent", "provider:310000"),
        ("feishu", 200, {"StatusCode": 0, "StatusMessage": "success"}, "delivered", ""),
        ("feishu", 200, {"code": 19021}, "permanent", "provider:19021"),
        ("feishu", 200, {"oops": 1}, "unclear", "answer"),
        ("wecom", 200, [], "unclear", "answer"),
        ("wecom", 503, {}, "temporary", "http:503"),
        ("wecom", 404, {}, "permanent", "http:404"),
        ("dingtalk", 302, {}, "permanent", "redirect:302"),
    ],
)
def test_what_robots_answer(
    kind: str, status: int, answer: object, result: str, error: str
) -> None:
    said = bots.outcome(kind, status, json.dumps(answer).encode())
    assert (said.result, said.error) == (result, error)


@pytest.mark.parametrize(
    ("status", "answer", "result", "error"),
    [
        (200, {"Code": "OK"}, "delivered", ""),
        (200, LIMIT, "temporary", "too_fast:isv.BUSINESS_LIMIT_CONTR"),
        (200, {"Code": "isp.SYSTEM_ERROR"}, "temporary", "provider:isp.SYSTEM_ERROR"),
        (200, NUMBER, "permanent", "provider:isv.MOBILE_NUMBER_ILLEGA"),
        (400, {"Code": "SignatureDoesNotMatch"}, "permanent", "provider:SignatureDoesNotMatch"),
        (503, {"Code": "ServiceUnavailable"}, "temporary", "provider:ServiceUnavailable"),
        (502, "<html>", "temporary", "http:502"),
        (200, "<html>", "unclear", "answer"),
    ],
)  # fmt: skip
def test_what_the_sms_provider_answers(
    status: int, answer: object, result: str, error: str
) -> None:
    said = sms.outcome(status, json.dumps(answer).encode())
    assert (said.result, said.error) == (result, error)


def test_mobile_numbers_as_people_write_them() -> None:
    assert sms.mobile("+86 138-0013-8000") == "13800138000"
    assert sms.mobile("0086 13800138000") == "13800138000"
    assert [sms.mobile(t) for t in ("", "010-62770001", "1380013800", "23800138000", "abc")] == [
        ""
    ] * 5


@pytest.mark.parametrize(
    ("local", "priority", "hours", "until"),
    [
        ("2026-11-20 22:00", 3, (22, 7), "2026-11-21 07:00"),
        ("2026-11-20 21:59", 3, (22, 7), None),
        ("2026-11-21 06:59", 4, (22, 7), "2026-11-21 07:00"),
        ("2026-11-21 07:00", 4, (22, 7), None),
        ("2026-11-20 23:30", 2, (22, 7), None),
        ("2026-11-20 23:30", 1, (22, 7), None),
        ("2026-11-20 13:30", 3, (13, 15), "2026-11-20 15:00"),
        ("2026-11-20 15:00", 3, (13, 15), None),
        ("2026-11-20 03:00", 3, (5, 5), None),
        ("2026-11-20 23:00", 3, (23, 0), "2026-11-21 00:00"),
    ],
)
def test_quiet_hours(local: str, priority: int, hours: tuple[int, int], until: str | None) -> None:
    at = datetime.fromisoformat(local).replace(tzinfo=SHANGHAI).astimezone(UTC)
    found = quiet_until(at, priority=priority, hours=hours, zone=SHANGHAI)
    wanted = until and datetime.fromisoformat(until).replace(tzinfo=SHANGHAI)
    assert found == wanted
