"""Under `/c/<centre>/till/`."""

from django.urls import path

from aidline.portal.till import days, devices, pages, workers

app_name = "till"
USE = "uses/<uuid:redemption>/"

urlpatterns = [
    path("", pages.till, name="till"),
    path("check/", pages.check, name="check"),
    path("take/", pages.take, name="take"),
    path("which/", pages.which, name="which"),
    path(USE, pages.use, name="use"),
    path(USE + "undo/", pages.undo, name="undo"),
    path("day/", days.day, name="day"),
    path("offline/", devices.offline, name="offline"),
    path("pairing/", devices.pair, name="pair"),
    path("state/", devices.state, name="state"),
    path("sync/", devices.sync, name="sync"),
    path("worker.js", workers.script, name="worker"),
    path("manifest.json", workers.manifest, name="manifest"),
]
