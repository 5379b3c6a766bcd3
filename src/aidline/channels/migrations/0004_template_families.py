"""Templates get a family, the parts they are made of, and the states before a provider knows them."""

from django.db import migrations, models
from django.db.models import F

STATES = [
    ("draft", "Draft"),
    ("sending", "Sending"),
    ("unknown", "Unknown"),
    ("approved", "Approved"),
    ("pending", "Pending"),
    ("rejected", "Rejected"),
    ("paused", "Paused"),
    ("disabled", "Disabled"),
    ("removing", "Removing"),
]


def name_families(apps, schema_editor):
    """The next look at the provider's list names those that are known by an id only."""
    apps.get_model("channels", "Template").objects.filter(family="").update(family=F("name"))


class Migration(migrations.Migration):

    dependencies = [("channels", "0003_polling")]

    operations = [
        migrations.AddField("template", "family", models.CharField(max_length=512, default=""), preserve_default=False),
        migrations.AddField("template", "header", models.CharField(blank=True, max_length=200, default=""), preserve_default=False),
        migrations.AddField("template", "footer", models.CharField(blank=True, max_length=200, default=""), preserve_default=False),
        migrations.AddField("template", "buttons", models.JSONField(default=list)),
        migrations.AddField("template", "examples", models.JSONField(default=dict)),
        migrations.AddField("template", "fields", models.JSONField(default=dict)),
        migrations.AddField("template", "external_id", models.CharField(blank=True, max_length=64, default=""), preserve_default=False),
        migrations.AddField("template", "refusal", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField("template", "quality", models.CharField(blank=True, max_length=10, default=""), preserve_default=False),
        migrations.AddField("template", "submitted_at", models.DateTimeField(null=True)),
        migrations.AddField("template", "called_at", models.DateTimeField(null=True)),
        migrations.AddField("template", "told_at", models.DateTimeField(null=True)),
        migrations.AddField("template", "heard_at", models.DateTimeField(null=True)),
        migrations.AlterField("template", "state", models.CharField(choices=STATES, max_length=12)),
        migrations.RunPython(name_families, migrations.RunPython.noop),
    ]
