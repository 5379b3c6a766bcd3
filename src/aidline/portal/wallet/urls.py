"""What a person sees of their registration and vouchers."""

from django.urls import path

from aidline.portal.wallet import receipt, voucher

app_name = "wallet"
ONE = "v/<str:token>/"

urlpatterns = [
    path("", receipt.ask, name="receipt"),
    path(ONE, voucher.left, name="voucher"),
    path(ONE + "code/", voucher.code, name="code"),
    path(ONE + "picture.png", voucher.picture, name="picture"),
    path(ONE + "shops/", voucher.shops, name="shops"),
    path(ONE + "lost/", voucher.lost, name="lost"),
]
