"""Under `/c/<centre>/lists/`."""

from django.urls import path

from aidline.desk.partners import views

app_name = "partners"
ONE = "<uuid:upload>/"

urlpatterns = [
    path("", views.index, name="index"),
    path("person/", views.person, name="person"),
    path("empty/<uuid:programme>/", views.empty, name="empty"),
    path(ONE, views.upload, name="upload"),
    path(ONE + "progress/", views.progress, name="progress"),
    path(ONE + "columns/", views.choose, name="choose"),
    path(ONE + "removal/", views.discard, name="discard"),
    path(ONE + "report.csv", views.report, name="report"),
]
