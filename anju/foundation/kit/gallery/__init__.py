"""Every component on pages of invented content, for eyes and for screenshots."""

from anju.foundation.kit.gallery.pages import shown

__all__ = ["shown"]
