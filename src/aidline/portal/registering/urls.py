"""The form a person registers with. The address is short: it travels in SMS."""

from django.urls import path

from aidline.portal.registering import views

app_name = "registering"
urlpatterns = [
    path("<str:token>/", views.form, name="form"),
    path("<str:token>/listen", views.listen, name="listen"),
]
