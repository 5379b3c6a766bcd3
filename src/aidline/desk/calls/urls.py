"""Under `/c/<centre>/calls/`."""

from django.urls import path

from aidline.desk.calls import acting, offers, pages, softphone, supervising

app_name = "calls"
CALL = "<uuid:call>/"

urlpatterns = [
    path("", pages.index, name="index"),
    path("lists/", pages.lists, name="lists"),
    path("strip/", pages.strip, name="strip"),
    path("phone/", pages.phone, name="phone"),
    path("check/", pages.check, name="check"),
    path("kit/", softphone.kit, name="kit"),
    path("here/", softphone.here, name="here"),
    path("dial/<uuid:conversation>/", offers.dial, name="dial"),
    path("offers/<uuid:offer>/accept/", offers.accept, name="accept"),
    path("offers/<uuid:offer>/reject/", offers.reject, name="reject"),
    path(CALL + "hold/", acting.hold, name="hold"),
    path(CALL + "consult/", acting.consult, name="consult"),
    path(CALL + "hand-over/", acting.hand_over, name="hand_over"),
    path(CALL + "back/", acting.back, name="back"),
    path(CALL + "transfer/", acting.transfer, name="transfer"),
    path(CALL + "third/", acting.third, name="third"),
    path(CALL + "recording/", acting.recording, name="recording"),
    path(CALL + "leave/", acting.leave, name="leave"),
    path(CALL + "more-time/", acting.more_time, name="more_time"),
    path(CALL + "wrap-up/", acting.wrap_up, name="wrap_up"),
    path(CALL + "join/", supervising.join, name="join"),
    path(CALL + "part/", supervising.part, name="part"),
    path(CALL + "take-over/", supervising.take_over, name="take_over"),
]
