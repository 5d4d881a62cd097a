from django.urls import path

from labeling.review import agreement_views, screening_views, views
from labeling.review.desk.urls import urlpatterns as desk
from labeling.review.evaluation import views as evaluation_views
from labeling.review.explore import views as explore_views
from labeling.review.items import views as items_views
from labeling.review.labelers import views as labelers_views

urlpatterns = [
    *desk,
    path("batches/<uuid:batch_id>/accept", views.AcceptView.as_view(), name="batch-accept"),
    path("batches/<uuid:batch_id>/return", views.ReturnView.as_view(), name="batch-return"),
    path(
        "batches/<uuid:batch_id>/withdraw-acceptance",
        views.WithdrawAcceptanceView.as_view(),
        name="batch-withdraw-acceptance",
    ),
    path("batches/<uuid:batch_id>/close", views.CloseView.as_view(), name="batch-close"),
    path("judgments/<uuid:judgment_id>/verdict", views.VerdictView.as_view(), name="judgment-verdict"),
    path("projects/<uuid:project_id>/agreement/own", agreement_views.OwnAgreementView.as_view(), name="own-agreement"),
    path("projects/<uuid:project_id>/agreement", agreement_views.AgreementView.as_view(), name="agreement"),
    path(
        "projects/<uuid:project_id>/agreement/table",
        agreement_views.AgreementTableView.as_view(),
        name="agreement-table",
    ),
    path(
        "projects/<uuid:project_id>/agreement/table/csv",
        agreement_views.AgreementTableFileView.as_view(),
        name="agreement-table-csv",
    ),
    path("projects/<uuid:project_id>/explore", explore_views.ExploreView.as_view(), name="explore"),
    path("projects/<uuid:project_id>/explore/csv", explore_views.ExploreFileView.as_view(), name="explore-csv"),
    path("projects/<uuid:project_id>/items", items_views.ItemsView.as_view(), name="items"),
    path("projects/<uuid:project_id>/items/cells", items_views.ItemCellsView.as_view(), name="item-cells"),
    path("projects/<uuid:project_id>/items/csv", items_views.ItemsFileView.as_view(), name="items-csv"),
    path("projects/<uuid:project_id>/evaluation", evaluation_views.EvaluationView.as_view(), name="evaluation"),
    path(
        "projects/<uuid:project_id>/evaluation/results",
        evaluation_views.EvaluationResultsView.as_view(),
        name="evaluation-results",
    ),
    path(
        "projects/<uuid:project_id>/evaluation/results/csv",
        evaluation_views.EvaluationFileView.as_view(),
        name="evaluation-csv",
    ),
    path(
        "projects/<uuid:project_id>/evaluation/power",
        evaluation_views.EvaluationPowerView.as_view(),
        name="evaluation-power",
    ),
    path(
        "projects/<uuid:project_id>/evaluation/batches",
        evaluation_views.PublishEvaluationView.as_view(),
        name="evaluation-batches",
    ),
    path(
        "models/<uuid:model_id>/evaluations",
        evaluation_views.ModelStandingView.as_view(),
        name="model-evaluations",
    ),
    path("projects/<uuid:project_id>/labelers", labelers_views.LabelersView.as_view(), name="labelers"),
    path("projects/<uuid:project_id>/labelers/csv", labelers_views.LabelersFileView.as_view(), name="labelers-csv"),
    path("projects/<uuid:project_id>/labelers/judges", labelers_views.JudgesView.as_view(), name="judges"),
    path("projects/<uuid:project_id>/checks/report", views.CheckReportView.as_view(), name="check-report"),
    path("projects/<uuid:project_id>/screening", screening_views.OwnScreeningView.as_view(), name="own-screening"),
    path("projects/<uuid:project_id>/screening/topics", screening_views.TopicsView.as_view(), name="screening-topics"),
    path("projects/<uuid:project_id>/screenings", screening_views.ScreeningListView.as_view(), name="screenings"),
    path(
        "projects/<uuid:project_id>/screening/demonstrations",
        screening_views.DemonstrationsToRateView.as_view(),
        name="screening-demonstrations",
    ),
    path(
        "judgments/<uuid:judgment_id>/screening-rating",
        screening_views.ScreeningRatingView.as_view(),
        name="screening-rating",
    ),
    path(
        "screenings/<uuid:screening_id>/decision",
        screening_views.DecideScreeningView.as_view(),
        name="screening-decision",
    ),
]
