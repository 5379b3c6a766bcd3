"""What a person sees of their registration and vouchers."""

from django.urls import URLPattern

app_name = "wallet"
urlpatterns: list[URLPattern] = []
