from django.urls import path

from labeling.runs import views
from labeling.runs.health_view import HealthView
from labeling.runs.lineage_views import CandidateLineageView, ModelLineageView, RecordLineageView
from labeling.runs.score_views import ScoresView

urlpatterns = [
    path("health", HealthView.as_view(), name="health"),
    path("runs", views.RunListView.as_view(), name="runs"),
    path("runs/forms", views.RunFormsView.as_view(), name="run-forms"),
    path("runs/estimate", views.EstimateView.as_view(), name="run-estimate"),
    path("runs/chain", views.ChainView.as_view(), name="run-chain"),
    path("runs/<uuid:run_id>", views.RunView.as_view(), name="run"),
    path("runs/<uuid:run_id>/metrics", views.RunMetricsView.as_view(), name="run-metrics"),
    path("runs/<uuid:run_id>/samples", views.RunSamplesView.as_view(), name="run-samples"),
    path("runs/<uuid:run_id>/log", views.RunLogView.as_view(), name="run-log"),
    path("runs/<uuid:run_id>/cancel", views.RunCancelView.as_view(), name="run-cancel"),
    path("runs/<uuid:run_id>/halt", views.RunHaltView.as_view(), name="run-halt"),
    path("runs/<uuid:run_id>/resume", views.RunResumeView.as_view(), name="run-resume"),
    path("projects/<uuid:project_id>/scores", ScoresView.as_view(), name="scores"),
    path("models/<uuid:model_id>/lineage", ModelLineageView.as_view(), name="model-lineage"),
    path("candidates/<uuid:candidate_id>/lineage", CandidateLineageView.as_view(), name="candidate-lineage"),
    path(
        "snapshots/<uuid:snapshot_id>/records/<int:number>/lineage", RecordLineageView.as_view(), name="record-lineage"
    ),
]
