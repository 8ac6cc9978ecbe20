"""The writes of an import: stage a file, map its columns, confirm all or nothing, undo."""

from anju.foundation.registry.commands.confirming import confirm
from anju.foundation.registry.commands.staging import drop, remap, stage
from anju.foundation.registry.commands.undoing import undo

__all__ = ["confirm", "drop", "remap", "stage", "undo"]
