from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "anju.foundation.registry"
    label = "registry"

    def ready(self) -> None:
        """Take part in the erasure of a person."""
        from anju.foundation.people import parts  # models exist only now
        from anju.foundation.registry.commands.erasing import forget_person  # as above

        parts.contribute(
            parts.Part(
                "imports",
                _("Imports"),
                # What imports hold beyond the entries themselves are copies for their undo.
                export=lambda person, actor: parts.Exported([]),
                erase=lambda person, actor: forget_person(person, actor=actor),
            )
        )
