from django.urls import path

from aidline.desk.organisation import views

app_name = "organisation"
urlpatterns = [
    path("", views.centres, name="centres"),
    path("centres/new/", views.new_centre, name="new_centre"),
    path("staff/", views.staff, name="staff"),
    path("staff/invite/", views.invitation, name="invite"),
    path("staff/invitations/<uuid:invitation>/revocation/", views.revoke, name="revoke"),
    path("staff/<uuid:staff>/link/", views.link, name="staff_link"),
    path("staff/<uuid:staff>/leaving/", views.leaving, name="leaving"),
    path("health/", views.health, name="health"),
    path("health/<uuid:job>/retry/", views.retry, name="retry"),
]
