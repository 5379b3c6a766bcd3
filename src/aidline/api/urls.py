"""Addresses of the API, version 1."""

from django.urls import path

from aidline.api import intake

app_name = "api"
urlpatterns = [
    path("people/", intake.people, name="people"),
]
