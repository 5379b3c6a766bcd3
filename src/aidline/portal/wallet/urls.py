"""What a person sees of their registration and vouchers."""

from django.urls import path

from aidline.portal.wallet import receipt

app_name = "wallet"
urlpatterns = [
    path("", receipt.ask, name="receipt"),
]
