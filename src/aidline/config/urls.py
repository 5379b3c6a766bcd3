"""Which address leads where."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("aidline.desk.urls")),
    path("", include("aidline.portal.urls")),
]
