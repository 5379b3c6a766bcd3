"""Registering on behalf of somebody who is there, and inviting those who are not."""

from django.urls import path

from aidline.desk.walkin import inviting, pages

app_name = "walkin"
urlpatterns = [
    path("", pages.index, name="index"),
    path("<uuid:programme>/", pages.new, name="new"),
    path("<uuid:programme>/invitations/", inviting.invitations, name="invitations"),
    path("people/<uuid:registration>/", pages.person, name="person"),
    path("people/<uuid:registration>/receipt/", pages.receipt, name="receipt"),
    path("people/<uuid:registration>/vouchers/", pages.vouchers, name="vouchers"),
]
