"""Finding any tampering: positions, events, seals, values, rows, and what other apps add."""

from anju.foundation.events.verification.report import (
    CompanyReport,
    Report,
    last_seals,
    verify,
    verify_company,
)

__all__ = ["CompanyReport", "Report", "last_seals", "verify", "verify_company"]
