from django.apps import AppConfig


class DatasetsConfig(AppConfig):
    name = "labeling.datasets"

    def ready(self) -> None:
        from labeling.datasets import signals  # noqa: F401  (connects its receivers)
