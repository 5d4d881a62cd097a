from django.urls import path

from labeling.datasets import views

urlpatterns = [
    path(
        "projects/<uuid:project_id>/comparisons/import",
        views.ComparisonImportView.as_view(),
        name="comparisons-import",
    ),
    path("snapshots", views.SnapshotListView.as_view(), name="snapshots"),
    path("snapshots/<uuid:snapshot_id>", views.SnapshotView.as_view(), name="snapshot"),
    path("snapshots/<uuid:snapshot_id>/records", views.SnapshotRecordsView.as_view(), name="snapshot-records"),
    path("snapshots/<uuid:snapshot_id>/download", views.SnapshotDownloadView.as_view(), name="snapshot-download"),
]
