from django.urls import path

from aidline.desk.health import views

app_name = "health"
urlpatterns = [
    path("", views.index, name="index"),
    path("deliveries/<uuid:delivery>/retry/", views.retry, name="retry"),
    path("channels/<uuid:channel>/retry/", views.retry_all, name="retry_all"),
]
