"""Under `/c/<centre>/outreach/`."""

from django.urls import path

from aidline.desk.outreach import approval, pages, sending, writing

app_name = "outreach"
ONE = "<uuid:broadcast>/"

urlpatterns = [
    path("", pages.index, name="index"),
    path("new/", writing.new, name="new"),
    path("preview/", writing.preview, name="preview"),
    path(ONE, pages.broadcast, name="broadcast"),
    path(ONE + "words/", writing.edit, name="edit"),
    path(ONE + "copies/", writing.copy, name="copy"),
    path(ONE + "removal/", writing.remove, name="remove"),
    path(ONE + "test/", sending.test, name="test"),
    path(ONE + "handing-in/", approval.submit, name="submit"),
    path(ONE + "approval/", approval.approve, name="approve"),
    path(ONE + "return/", approval.give_back, name="return"),
    path(ONE + "start/", sending.start, name="start"),
    path(ONE + "stop/", sending.stop, name="stop"),
    path(ONE + "resumption/", sending.resume, name="resume"),
    path(ONE + "report/", pages.report, name="report"),
    path(ONE + "report.csv", pages.report_csv, name="report_csv"),
]
