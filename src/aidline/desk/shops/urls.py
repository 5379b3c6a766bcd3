"""Under `/c/<centre>/shops/`."""

from django.urls import path

from aidline.desk.shops import money, pages, tills, troubles

app_name = "shops"
ONE = "<uuid:shop>/"
TILL = ONE + "tills/<uuid:till>/"
SETTLEMENT = ONE + "settlements/<uuid:settlement>"
urlpatterns = [
    path("", pages.index, name="index"),
    path("new/", pages.new, name="new"),
    path("to-look-at/", troubles.index, name="troubles"),
    path("to-look-at/<uuid:trouble>/closing/", troubles.close, name="trouble_close"),
    path(ONE, tills.index, name="shop"),
    path(ONE + "settings/", pages.settings, name="settings"),
    path(ONE + "tills/new/", tills.new, name="till_new"),
    path(TILL, tills.till, name="till"),
    path(TILL + "pairing/", tills.pairing, name="pairing"),
    path(TILL + "keys/new/", tills.new_key, name="key_new"),
    path(ONE + "keys/<uuid:till_key>/revocation/", tills.revoke_till_key, name="key_revoke"),
    path(ONE + "devices/<uuid:device>/revocation/", tills.revoke_device, name="device_revoke"),
    path(ONE + "settlements/", money.index, name="money"),
    path(ONE + "settlements/new/<uuid:programme>/", money.settlement, name="settle"),
    path(SETTLEMENT + "/", money.report, name="settlement"),
    path(SETTLEMENT + ".csv", money.report_csv, name="settlement_csv"),
]
