"""Which address leads where."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("aidline.desk.urls")),
    path("", include("aidline.portal.urls")),
    path("api/v1/", include("aidline.api.urls")),
]

if settings.PRACTICE:
    urlpatterns.append(path("", include("aidline.simulator.urls")))
