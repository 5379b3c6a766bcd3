from django.urls import path

from aidline.desk.setup import centre, channels, members, template_writing, templates, words

app_name = "setup"
TEMPLATE = "channels/<uuid:channel>/templates/<uuid:template>"
urlpatterns = [
    path("", centre.centre, name="centre"),
    path("logo/", centre.logo, name="logo"),
    path("texts/", centre.texts, name="texts"),
    path("channels/", channels.index, name="channels"),
    path("channels/new/", channels.new, name="channel_new"),
    path("channels/<uuid:channel>/", channels.account, name="channel"),
    path("channels/<uuid:channel>/keys/", channels.keys, name="channel_keys"),
    path("channels/<uuid:channel>/keys/<slug:field>/show/", channels.show, name="channel_show"),
    path("channels/<uuid:channel>/test/", channels.test, name="channel_test"),
    path("channels/<uuid:channel>/hours/", channels.hours, name="channel_hours"),
    path("channels/<uuid:channel>/open/", channels.opening, name="channel_open"),
    path("channels/<uuid:channel>/closing/", channels.closing, name="channel_close"),
    path("channels/<uuid:channel>/templates/", templates.index, name="templates"),
    path("channels/<uuid:channel>/templates/fetching/", templates.fetch, name="templates_fetch"),
    path("channels/<uuid:channel>/templates/new/", template_writing.new, name="template_new"),
    path(f"{TEMPLATE}/", template_writing.template, name="template"),
    path(f"{TEMPLATE}/language/", template_writing.language, name="template_language"),
    path(f"{TEMPLATE}/fields/", templates.fields, name="template_fields"),
    path(f"{TEMPLATE}/removal/", templates.removal, name="template_remove"),
    path("staff/", members.index, name="members"),
    path("staff/invite/", members.invitation, name="invite"),
    path("staff/invitations/<uuid:invitation>/revocation/", members.revoke, name="revoke"),
    path("staff/<uuid:member>/", members.member, name="member"),
    path("staff/<uuid:member>/link/", members.link, name="member_link"),
    path("replies/", words.replies, name="replies"),
    path("replies/new/", words.new_reply, name="reply_new"),
    path("replies/<uuid:reply>/", words.reply, name="reply"),
    path("replies/<uuid:reply>/removal/", words.remove_reply, name="reply_remove"),
    path("topics/", words.topics, name="topics"),
    path("topics/new/", words.new_topic, name="topic_new"),
    path("topics/<uuid:topic>/", words.topic, name="topic"),
    path("topics/<uuid:topic>/removal/", words.remove_topic, name="topic_remove"),
]
