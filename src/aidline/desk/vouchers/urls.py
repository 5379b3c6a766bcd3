"""Today: what voucher officers and approvers find first."""

from django.urls import path

from aidline.desk.vouchers import pages

app_name = "vouchers"
urlpatterns = [path("", pages.today, name="today")]
