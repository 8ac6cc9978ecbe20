from django.apps import AppConfig


class AnswersConfig(AppConfig):
    name = "anju.domains.answers"
    label = "answers"
