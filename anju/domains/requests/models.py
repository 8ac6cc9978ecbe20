"""The tables of this app."""

from anju.domains.requests.history.models import HistoryBatch, HistoryKey
from anju.domains.requests.meetings.models import Minutes, MinutesItem

__all__ = ["HistoryBatch", "HistoryKey", "Minutes", "MinutesItem"]
