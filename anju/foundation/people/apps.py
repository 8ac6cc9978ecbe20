from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "anju.foundation.people"
    label = "people"

    def ready(self) -> None:
        """Join the search, and say what belongs to a person."""
        from anju.foundation.entries import queries as search  # models exist only now
        from anju.foundation.people import exporting, parts, queries  # models exist only now

        search.show_found("person", queries.found_people)
        search.show_found("vehicle", queries.found_vehicles)
        for part in exporting.OWN_PARTS:
            parts.contribute(part)
