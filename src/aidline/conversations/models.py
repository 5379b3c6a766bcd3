"""Conversations and what was said in them."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from aidline.centres.models import Centre, Membership, Staff
from aidline.channels.models import Channel
from aidline.conversations.states import ConversationState, Direction, MessageState, Outcome, Source
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.people.models import Address, Person
from aidline.vault.fields import Sealed, SealedJSON


class Topic(models.Model):
    """What a conversation was about, chosen when it is finished. Labels per language."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="topics")
    code = models.SlugField(max_length=40)
    labels = models.JSONField(default=dict)
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "code"], name="topic_code")]
        ordering = ["place", "code"]

    def label(self, language: str) -> str:
        return self.labels.get(language) or self.labels.get("en") or self.code


class Conversation(models.Model):
    """The thread between one person and one centre on one channel.

    `waiting_since` is the time of the first thing said that nobody has answered, or null.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="conversations")
    channel = models.ForeignKey(Channel, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="conversations")
    address = models.ForeignKey(Address, null=True, on_delete=models.SET_NULL, related_name="+")
    source = models.CharField(max_length=16, choices=Source.choices, blank=True, default=Source.CHANNEL)
    state = models.CharField(max_length=1, choices=ConversationState.choices, default=ConversationState.OPEN)
    assignee = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="conversations"
    )
    language = models.CharField(max_length=8, blank=True)
    hidden = models.BooleanField(default=False)  # of a blocked person: kept, out of the queues
    last_seq = models.PositiveIntegerField(default=0)
    last_message_id = models.UUIDField(null=True)
    opened_at = models.DateTimeField(default=now)
    last_at = models.DateTimeField(default=now)
    last_in_at = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(null=True)
    queued_since = models.DateTimeField(null=True)  # without an assignee since then
    window_until = models.DateTimeField(null=True)
    menu_id = models.UUIDField(null=True)  # the message whose choices an answer may mean
    in_flow = models.BooleanField(
        default=False, db_default=False
    )  # a flow is answering: nobody is offered it
    due_at = models.DateTimeField(null=True)  # by when the centre has promised to answer
    urgency = models.PositiveSmallIntegerField(
        default=0, db_default=0
    )  # 0 to 3: from a risk that was told; only ever raised, until somebody has finished it
    snoozed_until = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL, related_name="+")
    topic = models.ForeignKey(Topic, null=True, on_delete=models.SET_NULL, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["address", "channel"],
                condition=~Q(state="c") & Q(address__isnull=False),
                name="one_live_conversation",
            )
        ]
        indexes = [
            models.Index(fields=["centre", "last_at"], name="conv_live", condition=~Q(state="c")),
            models.Index(fields=["assignee", "last_at"], name="conv_mine", condition=~Q(state="c")),
            models.Index(fields=["person", "opened_at"], name="conv_person"),
        ]

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    @property
    def seal_key(self) -> UUID:
        return self.person_id


class Message(models.Model):
    """One thing said, in or out; a note is an internal one, an event a line in between.

    `seq` counts within the conversation in the order of arrival; the thread is shown by (`at`, `seq`), where
    `at` is the provider's time if it gives one. `external_index` is the keyed hash of the provider's id.
    A message with a `purpose` answers nothing: it leaves only if `people.rules` allows it at that moment.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre_id = models.UUIDField()
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    channel_id = models.UUIDField(null=True)
    key_id = models.UUIDField()  # whose key seals it: the person's at that time
    seq = models.PositiveIntegerField()
    direction = models.CharField(max_length=1, choices=Direction.choices)
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=2, choices=MessageState.choices)
    author = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL, related_name="+")
    text_sealed = models.BinaryField(null=True, editable=False)
    extra_sealed = models.BinaryField(null=True, editable=False)
    external_index = models.BinaryField(max_length=16, null=True)
    external_sealed = models.BinaryField(null=True, editable=False)
    reply_to = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    client_key = models.UUIDField(null=True)
    language = models.CharField(max_length=8, blank=True)
    reaction = models.CharField(max_length=16, blank=True)
    purpose = models.CharField(max_length=20, blank=True, default="", db_default="")  # people.states.Purpose
    at = models.DateTimeField()
    created_at = models.DateTimeField(default=now)
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    # Outgoing only
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=40, blank=True)

    text = Sealed("text_sealed")
    extra = SealedJSON("extra_sealed")
    external_id = Sealed("external_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="message_seq"),
            # A gateway may count what comes and what goes each from one: neither hides the other.
            models.UniqueConstraint(
                fields=["channel_id", "external_index", "direction"], name="message_once"
            ),
            models.UniqueConstraint(
                fields=["conversation", "client_key"],
                condition=Q(client_key__isnull=False),
                name="message_client",
            ),
        ]
        indexes = [
            # One state each: a list of states in the condition is not used by SQLite.
            models.Index(fields=["due_at"], name="message_due", condition=Q(state="qu")),
            models.Index(fields=["lease_until"], name="message_lease", condition=Q(state="sg")),
            # What waits in one channel; with its state, so that SQLite does not take `message_once` instead.
            models.Index(
                fields=["channel_id", "state", "purpose"], name="message_queued", condition=Q(state="qu")
            ),
        ]

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    @property
    def seal_key(self) -> UUID:
        return self.key_id


class LaterName(models.Model):
    """What the provider calls a message since its person edited it, where that is a new name (Signal)."""

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="later_names")
    channel_id = models.UUIDField()
    external_index = models.BinaryField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel_id", "external_index"], name="later_name_once")
        ]


class Attachment(models.Model):
    """A file of a message. `media_id` names it in the media store once it was fetched and cleaned."""

    class State(models.TextChoices):
        PENDING = "p"
        READY = "r"
        REFUSED = "x"  # kind or size not allowed
        FAILED = "f"  # could not be had from the provider

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    centre_id = models.UUIDField()
    key_id = models.UUIDField()
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=1, choices=State.choices, default=State.PENDING)
    source_sealed = models.BinaryField(null=True, editable=False)  # the provider's MediaRef
    name_sealed = models.BinaryField(null=True, editable=False)
    media_id = models.UUIDField(null=True)
    small_id = models.UUIDField(null=True)  # a smaller picture for the thread
    mime = models.CharField(max_length=80, blank=True)
    size = models.PositiveIntegerField(null=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    seconds = models.PositiveIntegerField(null=True)
    peaks = models.JSONField(
        default=list
    )  # the shape of a recording, 64 heights from 0 to 100; none if not known
    error_code = models.CharField(max_length=40, blank=True)

    source = SealedJSON("source_sealed")
    name = Sealed("name_sealed")

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    @property
    def seal_key(self) -> UUID:
        return self.key_id


class ParkedReceipt(models.Model):
    """A receipt that came before our own call had returned; matched when the provider's id is known."""

    id = models.BigAutoField(primary_key=True)
    channel_id = models.UUIDField()
    external_index = models.BinaryField(max_length=16)
    state = models.CharField(max_length=2)
    at = models.DateTimeField()
    code = models.CharField(max_length=40, blank=True)
    stop = models.BooleanField(default=False)
    received_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["channel_id", "external_index"], name="parked_receipt")]


class Draft(models.Model):
    """What one member has begun to write; nobody else can wipe it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="drafts")
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE)
    centre_id = models.UUIDField()
    key_id = models.UUIDField()
    is_note = models.BooleanField(default=False)
    text_sealed = models.BinaryField(null=True, editable=False)
    kept_at = models.DateTimeField(default=now)

    text = Sealed("text_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "staff", "is_note"], name="draft_once")
        ]

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    @property
    def seal_key(self) -> UUID:
        return self.key_id


class Tag(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="tags")
    index = models.BinaryField(max_length=16)
    name_sealed = models.BinaryField(editable=False)
    conversations = models.ManyToManyField(Conversation, related_name="tags")

    name = Sealed("name_sealed")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "index"], name="tag_once")]

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    seal_key = seal_scope


class Mention(models.Model):
    """A colleague was named in a note."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="mentions")
    by = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=now)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "staff"], name="mention_once")]


class SavedFilter(models.Model):
    """A member's own view of the queue: a name and the filters behind it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="filters")
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE)
    name_sealed = models.BinaryField(editable=False)
    query = models.JSONField(default=dict)

    name = Sealed("name_sealed")

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    seal_key = seal_scope


class Looking(models.Model):
    """Who has a conversation open just now, and who is writing."""

    id = models.BigAutoField(primary_key=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="looking")
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE)
    until = models.DateTimeField()
    typing_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "staff"], name="looking_once")]


class LiveEvent(models.Model):
    """A hint that something changed; open screens fetch what they may see. Holds no content."""

    id = models.BigAutoField(primary_key=True)
    centre_id = models.UUIDField()
    conversation_id = models.UUIDField(null=True)
    staff_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=12)  # message, state, queue, looking, presence, mention
    at = models.DateTimeField(default=now, db_index=True)
