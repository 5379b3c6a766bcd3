"""Shops, tills, devices, settlements, the review list."""

from django.urls import URLPattern

app_name = "shops"
urlpatterns: list[URLPattern] = []
