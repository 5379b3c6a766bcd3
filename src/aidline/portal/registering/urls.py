"""The form a person registers with."""

from django.urls import URLPattern

app_name = "registering"
urlpatterns: list[URLPattern] = []
