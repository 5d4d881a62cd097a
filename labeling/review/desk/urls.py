from django.urls import path

from labeling.review.desk import plan_views, reference_views, views

urlpatterns = [
    path("batches/<uuid:batch_id>/review", views.SummaryView.as_view(), name="review-summary"),
    path("batches/<uuid:batch_id>/review/queue", views.BatchQueueView.as_view(), name="review-queue"),
    path("projects/<uuid:project_id>/review/queue", views.ProjectQueueView.as_view(), name="project-review-queue"),
    path("projects/<uuid:project_id>/review/settings", views.SettingsView.as_view(), name="review-settings"),
    path("tasks/<uuid:task_id>/review", views.DeskItemView.as_view(), name="review-item"),
    path("tasks/<uuid:task_id>/look", views.LookView.as_view(), name="review-look"),
    path("judgments/<uuid:judgment_id>/history", views.HistoryView.as_view(), name="judgment-history"),
    path("tasks/<uuid:task_id>/references", reference_views.ReferenceListView.as_view(), name="references"),
    path(
        "assignments/<uuid:assignment_id>/reference",
        reference_views.ShownReferenceView.as_view(),
        name="shown-reference",
    ),
    path("references/<uuid:reference_id>/undo", reference_views.UndoReferenceView.as_view(), name="reference-undo"),
    path("batches/<uuid:batch_id>/plans", plan_views.PlanListView.as_view(), name="plans"),
    path("batches/<uuid:batch_id>/plans/preview", plan_views.PlanPreviewView.as_view(), name="plan-preview"),
    path("verdicts/<uuid:verdict_id>/undo", views.UndoVerdictView.as_view(), name="verdict-undo"),
]
