"""Registering on behalf of somebody who is there."""

from django.urls import URLPattern

app_name = "walkin"
urlpatterns: list[URLPattern] = []
