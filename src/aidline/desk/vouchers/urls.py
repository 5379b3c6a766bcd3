"""Today: what voucher officers and approvers find first."""

from django.urls import URLPattern

app_name = "vouchers"
urlpatterns: list[URLPattern] = []
