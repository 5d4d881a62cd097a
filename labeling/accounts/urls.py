from django.urls import path

from labeling.accounts import survey_views, views

urlpatterns = [
    path("session", views.SessionView.as_view(), name="session"),
    path("session/password", views.PasswordView.as_view(), name="password"),
    path("users", views.UserListView.as_view(), name="users"),
    path("users/<uuid:user_id>", views.UserView.as_view(), name="user"),
    path("users/<uuid:user_id>/reset", views.UserResetView.as_view(), name="user-reset"),
    path("tokens", views.TokenListView.as_view(), name="tokens"),
    path("tokens/<uuid:token_id>", views.TokenView.as_view(), name="token"),
    path("surveys/<str:survey>", survey_views.SurveyView.as_view(), name="survey"),
    path("surveys/<str:survey>/results", survey_views.SurveyResultsView.as_view(), name="survey-results"),
    path("events", views.EventListView.as_view(), name="events"),
]
