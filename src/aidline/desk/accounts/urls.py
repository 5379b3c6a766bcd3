"""Un-namespaced where allauth looks for a name (`account_login`, `account_logout`, `account_inactive`)."""

from django.urls import path

from aidline.desk.accounts import entrance, profile

urlpatterns = [
    path("", entrance.landing, name="landing"),
    path("sign-in/", entrance.sign_in, name="account_login"),
    path("sign-in/closed/", entrance.closed, name="account_inactive"),
    path("sign-out/", entrance.sign_out, name="account_logout"),
    path("language/", entrance.choose_language, name="choose_language"),
    path("logo/<slug:centre>/", entrance.logo, name="logo"),
    path("join/<str:token>/", entrance.join, name="join"),
    path("enter/<str:token>/", entrance.enter, name="enter"),
    path("me/", profile.me, name="me"),
    path("me/password/", profile.password, name="me_password"),
    path("me/sessions/end-others/", profile.end_others, name="me_end_others"),
    path("me/sessions/<uuid:session>/end/", profile.end_one, name="me_end_session"),
]
