from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "anju.foundation.places"
    label = "places"

    def ready(self) -> None:
        """Join the search."""
        from anju.foundation.entries import queries as search  # models exist only now
        from anju.foundation.places import queries  # models exist only now

        search.show_found("place", queries.found_places)
        search.show_found("asset", queries.found_assets)
