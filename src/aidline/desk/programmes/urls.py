"""Setting up programmes, partners, issuers, keys."""

from django.urls import URLPattern

app_name = "programmes"
urlpatterns: list[URLPattern] = []
