from django.apps import AppConfig


class CommunityConfig(AppConfig):
    name = "anju.domains.community"
    label = "community"

    def ready(self) -> None:
        """Planned work waits until those it touches were told, where its standard asks so."""
        from anju.domains.community.telling import untold  # models exist only now
        from anju.engine.loop.planned import begun_unless  # models exist only now

        begun_unless(untold)
