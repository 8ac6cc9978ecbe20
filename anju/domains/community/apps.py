from django.apps import AppConfig


class CommunityConfig(AppConfig):
    name = "anju.domains.community"
    label = "community"
