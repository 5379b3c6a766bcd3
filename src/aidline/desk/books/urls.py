"""Under `/c/<centre>/books/`."""

from django.urls import path

from aidline.desk.books import files, pages, reconciling

app_name = "books"
ONE = "<uuid:programme>/"

urlpatterns = [
    path("", pages.index, name="index"),
    path(ONE, pages.programme, name="programme"),
    path(ONE + "comparison/", reconciling.reconcile, name="reconcile"),
    path(ONE + "<slug:export>.<slug:suffix>", files.export, name="export"),
]
