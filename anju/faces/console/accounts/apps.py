from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "anju.faces.console.accounts"
    label = "accounts"
