"""The people of programmes: list, one person, duplicates, bulk acts."""

from django.urls import path

from aidline.desk.registrations import acting, lists, pairs, persons

app_name = "registrations"
ONE = "<uuid:registration>/"

urlpatterns = [
    path("", lists.index, name="index"),
    path("act/", acting.preview, name="preview"),
    path("act/do/", acting.do, name="do"),
    path("act/undo/", acting.undo, name="undo"),
    path("twice/", pairs.index, name="pairs"),
    path("twice/compare/<uuid:programme>/", pairs.compare, name="compare"),
    path("twice/families/<uuid:programme>/", pairs.families, name="families"),
    path("twice/<uuid:pair>/", pairs.pair, name="pair"),
    path("twice/<uuid:pair>/apart/", pairs.apart, name="apart"),
    path("twice/<uuid:pair>/one/", pairs.one, name="one"),
    path("twice/<uuid:pair>/undo/", pairs.undo, name="pair_undo"),
    path(ONE, persons.person, name="person"),
    path(ONE + "show/", persons.show, name="show"),
    path(ONE + "number/", persons.number, name="number"),
    path(ONE + "status/", persons.status, name="status"),
]
