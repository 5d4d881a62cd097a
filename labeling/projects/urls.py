from django.urls import path

from labeling.projects import views

urlpatterns = [
    path("invitations", views.InvitationListView.as_view(), name="invitations"),
    path("invitations/lookup", views.InvitationLookupView.as_view(), name="invitation-lookup"),
    path("invitations/accept", views.InvitationAcceptView.as_view(), name="invitation-accept"),
    path("invitations/<uuid:invitation_id>", views.InvitationView.as_view(), name="invitation"),
    path("projects", views.ProjectListView.as_view(), name="projects"),
    path("projects/<uuid:project_id>", views.ProjectView.as_view(), name="project"),
    path("projects/<uuid:project_id>/checks", views.ChecksView.as_view(), name="checks"),
    path("projects/<uuid:project_id>/members", views.MemberListView.as_view(), name="members"),
    path("members/<uuid:member_id>", views.MemberView.as_view(), name="member"),
    path("projects/<uuid:project_id>/guidelines", views.GuidelineListView.as_view(), name="guidelines"),
    path("guidelines/<uuid:guideline_id>/acknowledge", views.AcknowledgeView.as_view(), name="acknowledge"),
    path("rubric-templates", views.RubricTemplatesView.as_view(), name="rubric-templates"),
    path("projects/<uuid:project_id>/rubrics", views.RubricListView.as_view(), name="rubrics"),
]
