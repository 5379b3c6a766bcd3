"""The people of programmes: list, one person, duplicates, bulk acts."""

from django.urls import URLPattern

app_name = "registrations"
urlpatterns: list[URLPattern] = []
