"""Under `/c/<centre>/people/lists/`."""

from django.urls import path

from aidline.desk.registrations.uploads import views

app_name = "uploads"
ONE = "<uuid:upload>/"

urlpatterns = [
    path("", views.index, name="index"),
    path("numbers/", views.numbers, name="numbers"),
    path("empty/<uuid:programme>/", views.empty, name="empty"),
    path(ONE, views.upload, name="upload"),
    path(ONE + "progress/", views.progress, name="progress"),
    path(ONE + "columns/", views.choose, name="choose"),
    path(ONE + "removal/", views.discard, name="discard"),
    path(ONE + "report.csv", views.report, name="report"),
]
