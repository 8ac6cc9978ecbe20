"""Controlled documents, who reads them, and the laws they rest on."""

from anju.domains.documents.models.documents import Document, Step
from anju.domains.documents.models.laws import Doubt, Law
from anju.domains.documents.models.readers import Attempt, Distribution, Quiz, Reading

__all__ = ["Attempt", "Distribution", "Document", "Doubt", "Law", "Quiz", "Reading", "Step"]
