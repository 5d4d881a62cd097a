"""Every route: the API under /api/v1, one file of routes an app; everything else is the front end's page."""

from django.urls import include, path, re_path

from labeling.frontend import page

API = "api/v1/"
urlpatterns = [
    path(API, include("labeling.accounts.urls")),
    path(API, include("labeling.projects.urls")),
    path(API, include("labeling.registry.urls")),
    path(API, include("labeling.collection.urls")),
    path(API, include("labeling.review.urls")),
    path(API, include("labeling.datasets.urls")),
    path(API, include("labeling.runs.urls")),
    path(API, include("labeling.api")),
    re_path(r"^(?!api/|static/|assets/).*$", page),
]
