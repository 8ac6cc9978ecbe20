"""The tables of this app."""

from anju.domains.requests.handover.models import Handover
from anju.domains.requests.history.models import HistoryBatch, HistoryKey

__all__ = ["Handover", "HistoryBatch", "HistoryKey"]
