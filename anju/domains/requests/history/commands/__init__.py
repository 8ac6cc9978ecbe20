"""Importing past cases: a whole file, or one."""

from anju.domains.requests.history.commands.importing import import_cases
from anju.domains.requests.history.commands.single import import_case

__all__ = ["import_case", "import_cases"]
