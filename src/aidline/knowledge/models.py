"""Prepared words in every language of a centre: canned replies, and articles."""

from uuid import UUID

from django.db import models

from aidline.centres.models import Centre, Staff
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.vault.fields import Sealed


class CannedReply(models.Model):
    """A reply agents insert with "/" and its code."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="canned_replies")
    code = models.SlugField(max_length=40)
    changed_by = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL)
    changed_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "code"], name="canned_code")]
        ordering = ["code"]


class CannedText(models.Model):
    """The words of a canned reply in one language. Variables: {alias} {agent} {centre} {date}."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reply = models.ForeignKey(CannedReply, on_delete=models.CASCADE, related_name="texts")
    centre_id = models.UUIDField()
    language = models.CharField(max_length=8)
    text_sealed = models.BinaryField(editable=False)

    text = Sealed("text_sealed")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reply", "language"], name="canned_language")]

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    seal_key = seal_scope


class Category(models.Model):
    """What articles are about. Titles per language."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="categories")
    code = models.SlugField(max_length=40)
    titles = models.JSONField(default=dict)
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "code"], name="category_code")]
        ordering = ["place", "code"]


class Article(models.Model):
    """A page of information, in as many languages as there are words for."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="articles")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="articles")
    slug = models.SlugField(max_length=60)
    is_published = models.BooleanField(default=False)
    place = models.PositiveSmallIntegerField(default=0)
    changed_by = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "slug"], name="article_slug")]
        ordering = ["place", "slug"]


class ArticleText(models.Model):
    """One language of an article. Public words: not sealed. `short` is sent by SMS, `recording` names a prompt."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=8)
    title = models.CharField(max_length=120)
    body = models.TextField()
    short = models.TextField(blank=True)
    recording = models.SlugField(max_length=60, blank=True)
    changed_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "language"], name="article_language")]
