from django.urls import include, path

from aidline.portal import files, views, widget

app_name = "portal"
urlpatterns = [
    path("chat/<slug:slug>/", views.chat, name="chat"),
    path("chat/<slug:slug>/say", views.say_something, name="say"),
    path("chat/<slug:slug>/lines", views.lines, name="lines"),
    path("chat/<slug:slug>/news", views.news, name="news"),
    path("chat/<slug:slug>/seen", views.seen, name="seen"),
    path("chat/<slug:slug>/leave", views.leave, name="leave"),
    path("chat/<slug:slug>/file/<uuid:attachment_id>", files.file, name="file"),
    path("widget/<slug:slug>.js", widget.script, name="widget"),
    path("out/<str:token>", files.out, name="out"),
    path("r/", include("aidline.portal.registering.urls")),
    path("mine/", include("aidline.portal.wallet.urls")),
    path("c/<slug:centre>/till/", include("aidline.portal.till.urls")),
]
