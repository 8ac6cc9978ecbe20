from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "anju.foundation.messages"
    label = "messages"

    def ready(self) -> None:
        """Addresses are part of what a person may take along and have erased."""
        # The part reads tables, and those exist only once all apps are loaded.
        from anju.foundation.messages.parts import contribute_addresses

        contribute_addresses()
