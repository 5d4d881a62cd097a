from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "labeling.accounts"

    def ready(self) -> None:
        from labeling.accounts import openapi  # noqa: F401 (registers itself)
