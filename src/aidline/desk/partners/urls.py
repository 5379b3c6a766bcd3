"""What a partner sees: lists and progress."""

from django.urls import URLPattern

app_name = "partners"
urlpatterns: list[URLPattern] = []
