"""Vonage by both of its interfaces, the older one with and without signatures, and with calls."""

from payloads.vonage_messages import BY_MESSAGES
from payloads.vonage_sms import SIGNED_SMS, SMS
from payloads.vonage_voice import PHONE_KIT

KITS = (SMS, SIGNED_SMS, BY_MESSAGES, PHONE_KIT)
