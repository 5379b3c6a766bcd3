"""Why a message was not sent through Instagram: Meta's Send API answers as it does for Messenger."""

from collections.abc import Mapping

from django.utils.functional import Promise

from aidline.channels.reasons import messenger

REASONS: Mapping[str, Promise] = messenger.REASONS
