"""Under `/c/<centre>/desk/`."""

from django.urls import path

from aidline.desk.inbox.views import acting, contacts, files, filters, page, parts, persons, presence, writing

app_name = "desk"
TALK = "<uuid:conversation>/"

urlpatterns = [
    path("", page.home, name="home"),
    path("keys/", page.keys, name="keys"),
    path("queue/", parts.queue, name="queue"),
    path("filters/", parts.filters, name="filters"),
    path("filters/keep/", filters.keep, name="keep_filter"),
    path("filters/<uuid:saved>/forget/", filters.forget, name="forget_filter"),
    path("contact/", contacts.contact, name="contact"),
    path("beat/", presence.beat, name="beat"),
    path("presence/", presence.presence, name="presence"),
    path("files/<uuid:attachment>", files.file, name="file"),
    path("files/<uuid:attachment>/shown/", files.shown, name="file_shown"),
    path("files/<uuid:attachment>/covered/", files.covered, name="file_covered"),
    path("messages/<uuid:message>/take-back/", writing.take_back, name="take_back"),
    path("messages/<uuid:message>/send-again/", writing.send_again, name="send_again"),
    path("messages/<uuid:message>/earlier/", parts.earlier, name="earlier"),
    path(TALK, page.talk, name="talk"),
    path(TALK + "head/", parts.head, name="head"),
    path(TALK + "lines/", parts.lines, name="lines"),
    path(TALK + "person/", parts.person, name="person"),
    path(TALK + "composer/", parts.composer, name="composer"),
    path(TALK + "prepared/", parts.prepared, name="prepared"),
    path(TALK + "colleagues/", parts.colleagues, name="colleagues"),
    path(TALK + "reply/", writing.reply, name="reply"),
    path(TALK + "note/", writing.note, name="note"),
    path(TALK + "draft/", writing.draft, name="draft"),
    path(TALK + "templates/", writing.templates, name="templates"),
    path(TALK + "template/", writing.template, name="template"),
    path(TALK + "take/", acting.take, name="take"),
    path(TALK + "pass-on/", acting.pass_on, name="pass_on"),
    path(TALK + "later/", acting.put_off, name="later"),
    path(TALK + "finish/", acting.finish, name="finish"),
    path(TALK + "reopen/", acting.reopen, name="reopen"),
    path(TALK + "tags/", acting.add_tag, name="add_tag"),
    path(TALK + "tags/<uuid:tag>/remove/", acting.remove_tag, name="remove_tag"),
    path(TALK + "language/", persons.language, name="language"),
    path(TALK + "name/", persons.name, name="name"),
    path(TALK + "name/show/", persons.show_name, name="show_name"),
    path(TALK + "addresses/<uuid:address>/show/", persons.show_address, name="show_address"),
    path(TALK + "block/", persons.block, name="block"),
    path(TALK + "unblock/", persons.unblock, name="unblock"),
    path(TALK + "same/", persons.same, name="same"),
    path(TALK + "merge/", persons.merge, name="merge"),
    path(TALK + "not-same/", persons.not_same, name="not_same"),
    path(TALK + "merges/<uuid:merge>/undo/", persons.undo_merge, name="undo_merge"),
]
