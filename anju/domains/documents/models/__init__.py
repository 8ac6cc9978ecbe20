"""Controlled documents, who reads them, and the laws they rest on."""

from anju.domains.documents.models.documents import Document, Step
from anju.domains.documents.models.laws import Doubt, Law

__all__ = ["Document", "Doubt", "Law", "Step"]
