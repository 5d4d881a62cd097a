from django.urls import path

from labeling.registry import views

urlpatterns = [
    path("models", views.ModelListView.as_view(), name="models"),
    path("models/<uuid:model_id>", views.ModelView.as_view(), name="model"),
]
