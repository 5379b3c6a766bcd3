"""Addresses of the API, version 1."""

from django.urls import URLPattern, path

from aidline.api import intake, tills

app_name = "api"
urlpatterns: list[URLPattern] = [
    path("vouchers/look-up", tills.looking_up, name="look_up"),
    path("redemptions", tills.redemptions, name="redemptions"),
    path("redemptions/<uuid:use>/reversal", tills.reversal, name="reversal"),
    path("days/<str:day>", tills.day, name="day"),
    path("people", intake.people, name="people"),
]
