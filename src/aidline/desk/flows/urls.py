from django.urls import path

from aidline.desk.flows import index, publishing, steps, trying

app_name = "flows"
urlpatterns = [
    path("", index.index, name="index"),
    path("new/", index.new, name="new"),
    path("import/", index.importing, name="import"),
    path("entrances/<uuid:channel>/", index.entrance, name="entrance"),
    path("<uuid:flow>/", steps.steps, name="steps"),
    path("<uuid:flow>/settings/", steps.settings, name="settings"),
    path("<uuid:flow>/new/<slug:kind>/", steps.new, name="step_new"),
    path("<uuid:flow>/steps/<str:step>/", steps.step, name="step"),
    path("<uuid:flow>/steps/<str:step>/removal/", steps.removal, name="step_remove"),
    path("<uuid:flow>/steps/<str:step>/move/", steps.moving, name="step_move"),
    path("<uuid:flow>/text/", trying.text, name="text"),
    path("<uuid:flow>/preview/", trying.preview, name="preview"),
    path("<uuid:flow>/tests/", trying.tests, name="tests"),
    path("<uuid:flow>/problems/", trying.problems, name="problems"),
    path("<uuid:flow>/publication/", publishing.publication, name="publication"),
    path("<uuid:flow>/retirement/", publishing.retirement, name="retire"),
    path("<uuid:flow>/versions/<int:number>/return/", publishing.return_to, name="return_to"),
    path("<uuid:flow>/file/", publishing.export, name="export"),
    path("<uuid:flow>/floip/", publishing.export_floip, name="export_floip"),
]
