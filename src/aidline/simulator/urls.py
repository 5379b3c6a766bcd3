from django.urls import path

from aidline.simulator import call_views, counter, views

app_name = "simulator"
urlpatterns = [
    path("look-alike/<str:vendor>/<path:path>", counter.look_alike, name="look_alike"),
    path("phones/", views.page, name="phones"),
    path("phones/add/", views.add, name="add"),
    path("phones/show/", views.show, name="show"),
    path("phones/faults/", views.faults_page, name="faults"),
    path("phones/marks/", views.marks, name="marks"),
    path("phones/<uuid:phone_id>/", views.thread, name="thread"),
    path("phones/<uuid:phone_id>/call/", call_views.call, name="call"),
    path("phones/<uuid:phone_id>/call/<int:number>/sound/", call_views.sound, name="call_sound"),
    path("phones/<uuid:phone_id>/call/<slug:what>/", call_views.act, name="call_act"),
    path("phones/<uuid:phone_id>/say/", views.say, name="say"),
    path("phones/<uuid:phone_id>/switch/", views.switch, name="switch"),
    path("phones/<uuid:phone_id>/hide/", views.hide, name="hide"),
    path("phones/<uuid:phone_id>/<uuid:message_id>/press/", views.press, name="press"),
    path("phones/<uuid:phone_id>/<uuid:message_id>/react/", views.react, name="react"),
    path("phones/<uuid:phone_id>/<uuid:message_id>/take-back/", views.take_back, name="take_back"),
    path("phones/<uuid:phone_id>/<uuid:message_id>/file/", views.file, name="file"),
]
