from django.urls import path

from labeling.collection.views import assignments

urlpatterns = [
    path("projects/<uuid:project_id>/tasks/next", assignments.NextTaskView.as_view(), name="next-task"),
    path("assignments", assignments.AssignmentListView.as_view(), name="assignments"),
    path("assignments/<uuid:assignment_id>", assignments.AssignmentView.as_view(), name="assignment"),
    path("assignments/<uuid:assignment_id>/draft", assignments.DraftView.as_view(), name="draft"),
    path("assignments/<uuid:assignment_id>/heartbeat", assignments.HeartbeatView.as_view(), name="heartbeat"),
    path("assignments/<uuid:assignment_id>/submit", assignments.SubmitView.as_view(), name="submit"),
    path("assignments/<uuid:assignment_id>/undo", assignments.UndoView.as_view(), name="undo"),
    path("assignments/<uuid:assignment_id>/skip", assignments.SkipView.as_view(), name="skip"),
    path("assignments/<uuid:assignment_id>/release", assignments.ReleaseView.as_view(), name="release"),
]
