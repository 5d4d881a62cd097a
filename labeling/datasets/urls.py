from django.urls import path

from labeling.datasets import diff_views, download_views, import_views, recipe_views, views

urlpatterns = [
    path(
        "projects/<uuid:project_id>/comparisons/import",
        import_views.ComparisonImportView.as_view(),
        name="comparisons-import",
    ),
    path(
        "projects/<uuid:project_id>/demonstrations/import",
        import_views.DemonstrationImportView.as_view(),
        name="demonstrations-import",
    ),
    path("imports/<uuid:import_id>", import_views.ImportView.as_view(), name="import"),
    path("imports/<uuid:import_id>/cancel", import_views.CancelImportView.as_view(), name="import-cancel"),
    path("imports/<uuid:import_id>/resume", import_views.ResumeImportView.as_view(), name="import-resume"),
    path("imports/<uuid:import_id>/refused/csv", import_views.RefusedRowsView.as_view(), name="import-refused"),
    path("snapshots", views.SnapshotListView.as_view(), name="snapshots"),
    path("snapshots/preview", recipe_views.SnapshotPreviewView.as_view(), name="snapshot-preview"),
    path(
        "projects/<uuid:project_id>/snapshot-options", recipe_views.RecipeOptionsView.as_view(), name="snapshot-options"
    ),
    path("freezes", recipe_views.FreezeListView.as_view(), name="freezes"),
    path("freezes/<uuid:freeze_id>", recipe_views.FreezeView.as_view(), name="freeze"),
    path("snapshots/<uuid:snapshot_id>", views.SnapshotView.as_view(), name="snapshot"),
    path("snapshots/<uuid:snapshot_id>/purge", views.PurgeSnapshotView.as_view(), name="snapshot-purge"),
    path("snapshots/<uuid:snapshot_id>/diff", diff_views.SnapshotDiffView.as_view(), name="snapshot-diff"),
    path(
        "snapshots/<uuid:snapshot_id>/differences",
        diff_views.SnapshotDifferencesView.as_view(),
        name="snapshot-differences",
    ),
    path("snapshots/<uuid:snapshot_id>/without", diff_views.SnapshotWithoutView.as_view(), name="snapshot-without"),
    path("snapshots/<uuid:snapshot_id>/records", views.SnapshotRecordsView.as_view(), name="snapshot-records"),
    path(
        "snapshots/<uuid:snapshot_id>/download",
        download_views.SnapshotDownloadView.as_view(),
        name="snapshot-download",
    ),
]
