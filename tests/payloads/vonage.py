"""Vonage by both of its interfaces, the older one with and without signatures."""

from payloads.vonage_messages import BY_MESSAGES
from payloads.vonage_sms import SIGNED_SMS, SMS

KITS = (SMS, SIGNED_SMS, BY_MESSAGES)
