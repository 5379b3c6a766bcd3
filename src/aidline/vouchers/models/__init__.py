"""The tables of the voucher side, by subject."""

from aidline.vouchers.models.books import Account, Posting
from aidline.vouchers.models.payments import Approval, Payment, Payout, Voucher
from aidline.vouchers.models.programmes import (
    ApprovalBand,
    ConsentText,
    Issuer,
    Partner,
    PartnerMember,
    PartnerPlace,
    Programme,
    SigningKey,
)
from aidline.vouchers.models.registrations import Invite, NameKey, Pair, Registration, StatusChange, Upload
from aidline.vouchers.models.shops import (
    ApiKey,
    Cashier,
    Device,
    DeviceRecord,
    Hold,
    Miss,
    Redemption,
    Settlement,
    Shop,
    Till,
    Trouble,
)

__all__ = [
    "Account",
    "ApiKey",
    "Approval",
    "ApprovalBand",
    "Cashier",
    "ConsentText",
    "Device",
    "DeviceRecord",
    "Hold",
    "Invite",
    "Issuer",
    "Miss",
    "NameKey",
    "Pair",
    "Partner",
    "PartnerMember",
    "PartnerPlace",
    "Payment",
    "Payout",
    "Posting",
    "Programme",
    "Redemption",
    "Registration",
    "Settlement",
    "Shop",
    "SigningKey",
    "StatusChange",
    "Till",
    "Trouble",
    "Upload",
    "Voucher",
]
