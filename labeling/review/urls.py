from django.urls import path

from labeling.review import views

urlpatterns = [
    path("batches/<uuid:batch_id>/accept", views.AcceptView.as_view(), name="batch-accept"),
    path("batches/<uuid:batch_id>/return", views.ReturnView.as_view(), name="batch-return"),
    path(
        "batches/<uuid:batch_id>/withdraw-acceptance",
        views.WithdrawAcceptanceView.as_view(),
        name="batch-withdraw-acceptance",
    ),
    path("batches/<uuid:batch_id>/close", views.CloseView.as_view(), name="batch-close"),
    path("judgments/<uuid:judgment_id>/verdict", views.VerdictView.as_view(), name="judgment-verdict"),
    path("projects/<uuid:project_id>/agreement", views.AgreementView.as_view(), name="agreement"),
]
