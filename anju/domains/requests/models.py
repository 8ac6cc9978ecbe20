"""The tables of this app."""

from anju.domains.requests.handover.models import Handover
from anju.domains.requests.history.models import HistoryBatch, HistoryKey
from anju.domains.requests.meetings.models import Minutes, MinutesItem

__all__ = ["Handover", "HistoryBatch", "HistoryKey", "Minutes", "MinutesItem"]
