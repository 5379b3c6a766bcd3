"""Under `/c/<centre>/articles/`."""

from django.urls import path

from aidline.desk.articles import views

app_name = "articles"

urlpatterns = [
    path("", views.index, name="index"),
    path("<uuid:article>/", views.article, name="article"),
]
