from django.urls import path

from aidline.desk.organisation import views

app_name = "organisation"
urlpatterns = [
    path("", views.centres, name="centres"),
    path("staff/", views.staff, name="staff"),
]
