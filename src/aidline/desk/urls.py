"""Everything staff see."""

from django.urls import include, path

urlpatterns = [
    path("", include("aidline.desk.accounts.urls")),
    path("c/<slug:centre>/desk/", include("aidline.desk.inbox.urls")),
    path("c/<slug:centre>/articles/", include("aidline.desk.articles.urls")),
    path("c/<slug:centre>/calls/", include("aidline.desk.calls.urls")),
    path("c/<slug:centre>/outreach/", include("aidline.desk.outreach.urls")),
    path("c/<slug:centre>/health/", include("aidline.desk.health.urls")),
    path("c/<slug:centre>/translating/", include("aidline.desk.translating.urls")),
    path("c/<slug:centre>/setup/flows/", include("aidline.desk.flows.urls")),
    path("c/<slug:centre>/setup/", include("aidline.desk.setup.urls")),
    path("c/<slug:centre>/vouchers/", include("aidline.desk.vouchers.urls")),
    path("c/<slug:centre>/people/lists/", include("aidline.desk.registrations.uploads.urls")),
    path("c/<slug:centre>/people/", include("aidline.desk.registrations.urls")),
    path("c/<slug:centre>/payments/", include("aidline.desk.payments.urls")),
    path("c/<slug:centre>/programmes/", include("aidline.desk.programmes.urls")),
    path("c/<slug:centre>/shops/", include("aidline.desk.shops.urls")),
    path("c/<slug:centre>/books/", include("aidline.desk.books.urls")),
    path("c/<slug:centre>/lists/", include("aidline.desk.partners.urls")),
    path("c/<slug:centre>/walk-in/", include("aidline.desk.walkin.urls")),
    path("o/", include("aidline.desk.organisation.urls")),
]
