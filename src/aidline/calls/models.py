"""Calls, who is in them, whom they were offered to, what was recorded, and who is to be called back."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from aidline.calls.states import CallbackState, Doing, Ending, LegState, OfferKind, OfferState, Stage
from aidline.centres.models import Centre, Membership, Staff
from aidline.channels.contract.voice import Part, Way
from aidline.channels.models import Channel
from aidline.conversations.models import Conversation, Message
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.vault.fields import Sealed, SealedJSON


class _Sealing(models.Model):
    """Sealed with the key of the person whose call it is."""

    centre_id: UUID
    key_id: UUID

    class Meta:
        abstract = True

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    @property
    def seal_key(self) -> UUID:
        return self.key_id


class Call(_Sealing):
    """One telephone call of a person, in or out. Once an agent takes it, it is a room named by `id`.

    `step` counts the scripts that were answered: an address in a script names its step, so that a repeated or late
    request changes nothing. `wait_since` is set once and survives whatever happens to offers and agents.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="calls")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="calls")
    key_id = models.UUIDField()
    way = models.CharField(max_length=10, choices=[(way.value, way.value) for way in Way])
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.FLOW)
    ending = models.CharField(max_length=12, choices=Ending.choices, blank=True)
    external_index = models.BinaryField(max_length=16, null=True)  # null until the provider has named it
    external_sealed = models.BinaryField(null=True, editable=False)
    step = models.PositiveIntegerField(default=0)
    doing = models.CharField(max_length=10, choices=Doing.choices, default=Doing.FLOW)
    flow_sealed = models.BinaryField(null=True, editable=False)  # the state of its run of a flow
    version = models.UUIDField(null=True)  # of the flow it runs
    language = models.CharField(max_length=8, blank=True)
    wanted_language = models.CharField(max_length=8, blank=True)  # of the agent
    skill = models.CharField(max_length=40, blank=True)
    risk = models.CharField(max_length=8, blank=True)  # "", "medium", "high", "imminent"; only ever raised
    room_sealed = models.BinaryField(null=True, editable=False)  # the provider's id of the room
    answered_by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    begun_by = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL, related_name="+")  # way "out"
    callback = models.ForeignKey(
        "Callback", null=True, on_delete=models.SET_NULL, related_name="attempts_made"
    )
    began_at = models.DateTimeField(default=now)
    wait_since = models.DateTimeField(null=True)
    front = models.BooleanField(default=False)  # lost its agent: before all others of the same risk
    dialled_at = models.DateTimeField(null=True)  # way "out": the provider was asked, perhaps in vain
    turn_at = models.DateTimeField(
        default=now
    )  # the last request about it; a queued one that falls silent is gone
    unsure = models.BooleanField(default=False)  # whether it rang: the provider did not answer
    passed = models.PositiveSmallIntegerField(default=0)  # on, or back into the queue
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    seconds = models.PositiveIntegerField(null=True)
    recording_on = models.BooleanField(default=False)
    recording_paused = models.BooleanField(default=False)
    recording_consent = models.BooleanField(null=True)  # null: not asked

    external_id = Sealed("external_sealed")
    flow = SealedJSON("flow_sealed")
    room_id = Sealed("room_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_index"], name="call_once"),
        ]
        indexes = [
            models.Index(fields=["centre", "wait_since"], name="call_queued", condition=Q(stage="queued")),
            models.Index(fields=["centre", "began_at"], name="call_live", condition=~Q(stage="over")),
            models.Index(fields=["centre", "-began_at"], name="call_recent"),
        ]


class Leg(_Sealing):
    """Somebody in a call, or asked into it. Its id is the label that the provider tells us."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="legs")
    centre_id = models.UUIDField()
    key_id = models.UUIDField()
    membership = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="legs")
    part = models.CharField(max_length=10, choices=[(part.value, part.value) for part in Part])
    state = models.CharField(max_length=8, choices=LegState.choices, default=LegState.INVITED)
    muted = models.BooleanField(default=False)
    external_index = models.BinaryField(max_length=16, null=True)
    external_sealed = models.BinaryField(null=True, editable=False)
    number_sealed = models.BinaryField(null=True, editable=False)  # of a third party
    place = models.PositiveIntegerField(default=0)  # of the last word of the provider
    since = models.DateTimeField(default=now)
    joined_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    dialled_at = models.DateTimeField(null=True)  # of a third party: the provider was asked, perhaps in vain
    unsure = models.BooleanField(default=False)  # whether it rang
    wrap_until = models.DateTimeField(null=True)  # of an agent who has left: nothing new until then

    external_id = Sealed("external_sealed")
    number = Sealed("number_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership"], condition=~Q(state="left"), name="one_call_each")
        ]
        indexes = [
            models.Index(fields=["call"], name="leg_here", condition=~Q(state="left")),
            models.Index(fields=["external_index"], name="leg_named"),
        ]


class Offer(models.Model):
    """A call offered to one member for a moment."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    call = models.ForeignKey(Call, null=True, on_delete=models.CASCADE, related_name="offers")
    callback = models.ForeignKey("Callback", null=True, on_delete=models.CASCADE, related_name="offers")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="call_offers")
    kind = models.CharField(max_length=10, choices=OfferKind.choices)
    state = models.CharField(max_length=10, choices=OfferState.choices, default=OfferState.PENDING)
    by = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=now)
    deadline = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call"], condition=Q(state="pending"), name="one_offer_of_call"),
            models.UniqueConstraint(
                fields=["callback"], condition=Q(state="pending"), name="one_offer_of_callback"
            ),
            models.UniqueConstraint(
                fields=["membership"], condition=Q(state="pending"), name="one_offer_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["deadline"], name="offer_due", condition=Q(state="pending"))]


class Recording(_Sealing):
    """What a provider recorded. Once fetched it is the attachment of `message`, and it is deleted at the provider."""

    class State(models.TextChoices):
        MADE = "made"  # the caller spoke; the provider has not told of the file yet
        TOLD = "told"
        FETCHED = "fetched"
        DELETED = "deleted"  # at the provider: the end
        FAILED = "failed"

    class Use(models.TextChoices):
        VOICEMAIL = "voicemail"
        ANSWER = "answer"  # to a question of a flow
        CALL = "call"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="recordings")
    centre_id = models.UUIDField()
    key_id = models.UUIDField()
    use = models.CharField(max_length=10, choices=Use.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.MADE)
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    external_index = models.BinaryField(max_length=16)
    ref_sealed = models.BinaryField(null=True, editable=False)
    seconds = models.PositiveIntegerField(null=True)
    made_at = models.DateTimeField(default=now)

    ref = Sealed("ref_sealed")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "external_index"], name="recording_once")]


class Callback(_Sealing):
    """Somebody who hung up and keeps their place: called when an agent is free and has said yes.

    `number` where the caller keyed one in: else the address of the conversation is called.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="callbacks")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="callbacks")
    key_id = models.UUIDField()
    number_sealed = models.BinaryField(null=True, editable=False)
    state = models.CharField(max_length=10, choices=CallbackState.choices, default=CallbackState.WAITING)
    wanted_language = models.CharField(max_length=8, blank=True)
    skill = models.CharField(max_length=40, blank=True)
    risk = models.CharField(max_length=8, blank=True)
    wait_since = models.DateTimeField()  # of the call it came from
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=now)
    asked_at = models.DateTimeField(default=now)

    number = Sealed("number_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(state__in=["waiting", "dialling"]), name="one_callback"
            )
        ]
        indexes = [
            models.Index(fields=["centre", "wait_since"], name="callback_due", condition=Q(state="waiting"))
        ]


class PhoneLine(models.Model):
    """How the calls of a channel are taken. `ways_out`: calling codes that may be dialled, longest match first."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="phone_line")
    records_voicemail_after_yes = models.BooleanField(default=False)
    records_calls = models.BooleanField(
        default=False
    )  # after an announcement, and a yes where `asks_consent`
    asks_consent = models.BooleanField(default=True)
    ring_seconds = models.PositiveSmallIntegerField(default=20)
    wrap_up_seconds = models.PositiveSmallIntegerField(default=120)
    longest_wait_minutes = models.PositiveSmallIntegerField(
        default=15
    )  # then the message is offered by itself
    longest_queue = models.PositiveSmallIntegerField(default=50)
    ways_out = models.JSONField(default=list)  # ["+218", "+31"]; empty: the region of the centre
    calls_a_day = models.PositiveSmallIntegerField(default=200)  # of ours, a fuse against fraud
    emergency_numbers = models.JSONField(default=list)  # ["112"], told when closed
    missed_calls_wait = models.BooleanField(default=True)  # who hung up while waiting stays in the queue
