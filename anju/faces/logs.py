"""Logs: one JSON object per line on stderr, without personal values.

What an exception says may quote a row ("Key (login)=(…) already exists"), so only its type and
where it was raised are written; the request's code leads from a person's call to the line.
"""

import logging
import sys
import traceback
from collections.abc import Mapping
from typing import Any

import structlog

Line = dict[str, Any]


def where_not_what(_logger: object, _method: str, line: Any) -> Any:
    """Replace an exception by its type and the lines of code it went through."""
    error = line.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    elif isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        line["error"] = type(error).__name__
        frames = traceback.extract_tb(error.__traceback__)
        line["where"] = [f"{f.filename}:{f.lineno} {f.name}" for f in frames[-12:]]
    return line


def configure(asked: Mapping[str, str]) -> None:
    """Set up structlog, and the standard library's loggers in the same form.

    Django calls it with settings.LOGGING: `level` is the least that our own loggers write.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
        where_not_what,
        structlog.processors.EventRenamer("msg"),
    ]
    rendered = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[*shared, rendered],
        wrapper_class=structlog.make_filtering_bound_logger(asked["level"]),
        # Asked for anew with each line: whoever replaces stderr gets the lines from then on.
        logger_factory=lambda *_args: structlog.WriteLogger(sys.stderr),
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, rendered],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    # Refused hosts and missing pages name the address a stranger typed; the request line has all.
    for noisy in ("django.request", "django.security.DisallowedHost"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
