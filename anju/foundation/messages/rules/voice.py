"""Calls that read a text out, by Alibaba Cloud Voice (阿里云语音服务, Dyvmsapi 2017-05-25,
SingleCallByTts), signed as its text messages are (`sms.signed`) and answered with the same codes.

From the provider's public document of SingleCallByTts (help.aliyun.com/zh/vms): the template holds
the text, one variable of it is ours; without CalledShowNumber a number of the provider's own shows
(公共模式); OutId has 1 to 15 signs; one number is called once a minute at most, five times an hour,
20 a day (a refusal for that is "too fast" and tried again).
"""

import json
from collections.abc import Mapping

ENDPOINT = "https://dyvmsapi.aliyuncs.com/"
ACTION, VERSION = "SingleCallByTts", "2017-05-25"
LONGEST = 35  # signs of the variable, as in texts; whoever is woken hears the place, not a story
TIMES = 2  # how often the text is read out in one call
OUT_ID = 15


def values(*, phone: str, options: Mapping[str, str], text: str, message: str) -> dict[str, str]:
    """What SingleCallByTts is asked. `message` is the id of ours, whose end tells calls apart."""
    said = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    asked = {
        "CalledNumber": phone,
        "TtsCode": options["template"],
        "TtsParam": json.dumps(
            {options["variable"]: said}, ensure_ascii=False, separators=(",", ":")
        ),
        "PlayTimes": str(TIMES),
        "OutId": message.replace("-", "")[-OUT_ID:],
    }
    if shown := options.get("show_number", ""):
        asked["CalledShowNumber"] = shown
    return asked
