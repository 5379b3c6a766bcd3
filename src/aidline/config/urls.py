"""Which address leads where."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("aidline.api.urls")),  # first: a till does not wait while all else is compared
    path("", include("aidline.desk.urls")),
    path("", include("aidline.portal.urls")),
]

if settings.PRACTICE:
    urlpatterns.append(path("", include("aidline.simulator.urls")))
