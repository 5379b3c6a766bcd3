"""Setting up programmes, partners, issuers, keys."""

from django.urls import path

from aidline.desk.programmes import pages, partners, questions, taking_part, words

app_name = "programmes"
ONE = "<uuid:programme>"
urlpatterns = [
    path("", pages.index, name="index"),
    path("new/", pages.new, name="new"),
    path("partners/", partners.index, name="partners"),
    path("partners/new/", partners.new, name="partner_new"),
    path("partners/<uuid:partner>/", partners.partner, name="partner"),
    path("issuers/", partners.issuers, name="issuers"),
    path("issuers/new/", partners.new_issuer, name="issuer_new"),
    path("issuers/<uuid:issuer>/", partners.issuer, name="issuer"),
    path(f"{ONE}/", pages.programme, name="programme"),
    path(f"{ONE}/settings/", pages.settings, name="settings"),
    path(f"{ONE}/rules/", pages.rules, name="rules"),
    path(f"{ONE}/money/", pages.money, name="money"),
    path(f"{ONE}/money/budget/", pages.fund, name="fund"),
    path(f"{ONE}/money/approvals/", pages.bands, name="bands"),
    path(f"{ONE}/start/", pages.start, name="start"),
    path(f"{ONE}/pause/", pages.pause, name="pause"),
    path(f"{ONE}/closing/", pages.close, name="close"),
    path(f"{ONE}/copy/", pages.copy, name="copy"),
    path(f"{ONE}/questions/", questions.questions, name="questions"),
    path(f"{ONE}/questions/new/", questions.new, name="question_new"),
    path(f"{ONE}/questions/<slug:code>/", questions.question, name="question"),
    path(f"{ONE}/questions/<slug:code>/up/", questions.up, name="question_up"),
    path(f"{ONE}/questions/<slug:code>/removal/", questions.remove, name="question_remove"),
    path(f"{ONE}/consent/", words.consent, name="consent"),
    path(f"{ONE}/words/", words.words, name="words"),
    path(f"{ONE}/words/<slug:language>.png", words.picture, name="picture"),
    path(f"{ONE}/partners/", taking_part.places, name="places"),
    path(f"{ONE}/shops/", taking_part.shops, name="shops"),
    path(f"{ONE}/keys/", taking_part.keys, name="keys"),
    path(f"{ONE}/keys/new/", taking_part.new_key, name="key_new"),
    path(f"{ONE}/keys/<uuid:key>/revocation/", taking_part.revocation, name="key_revoke"),
]
