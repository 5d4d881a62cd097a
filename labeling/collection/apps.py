from django.apps import AppConfig


class CollectionConfig(AppConfig):
    name = "labeling.collection"

    def ready(self) -> None:
        from labeling.collection import signals  # noqa: F401  (connects its receivers)
