"""Under `/c/<centre>/translating/`."""

from django.urls import path

from aidline.desk.translating import views

app_name = "translating"
urlpatterns = [
    path("", views.index, name="index"),
    path("<uuid:work>/", views.work, name="work"),
]
