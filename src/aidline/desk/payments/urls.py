"""Payments: prepare, approve, watch. Under `/c/<centre>/payments/`."""

from django.urls import path

from aidline.desk.payments import acting, approval, pages, preparing

app_name = "payments"
ONE = "<uuid:payment>/"

urlpatterns = [
    path("", pages.index, name="index"),
    path("new/<uuid:programme>/", preparing.new, name="new"),
    path(ONE, pages.payment, name="payment"),
    path(ONE + "people/<slug:group>/", pages.people, name="people"),
    path(ONE + "progress/", pages.progress, name="progress"),
    path(ONE + "list.csv", pages.list_csv, name="list_csv"),
    path(ONE + "settings/", preparing.change, name="change"),
    path(ONE + "removal/", preparing.remove, name="remove"),
    path(ONE + "handing-in/", preparing.hand_in, name="hand_in"),
    path(ONE + "approval/", approval.approve, name="approve"),
    path(ONE + "return/", approval.give_back, name="return"),
    path(ONE + "start/", acting.start, name="start"),
    path(ONE + "stop/", acting.stop, name="stop"),
    path(ONE + "resumption/", acting.resume, name="resume"),
    path(ONE + "retry/", acting.retry, name="retry"),
    path(ONE + "giving-up/", acting.give_up, name="give_up"),
    path(ONE + "taking-back/", acting.take_back, name="take_back"),
    path(ONE + "cancellation/", acting.cancel, name="cancel"),
]
