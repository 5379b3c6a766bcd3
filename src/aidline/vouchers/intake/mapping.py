"""Which column of a list, or which question of a form elsewhere, is which of our fields: guessed, then chosen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aidline.kernel import phones
from aidline.vouchers.indexes import plain_name
from aidline.vouchers.models import Programme
from aidline.vouchers.registering.form import HOUSEHOLD, Field, fields_of, word

NAME, FIRST, LAST, PHONE, LANGUAGE = "name", "first_name", "last_name", "phone", "language"
NAMES = (NAME, FIRST, LAST)
_LABELS = {
    NAME: _("Name"),
    FIRST: _("First name"),
    LAST: _("Last name"),
    PHONE: _("Phone"),
    LANGUAGE: _("Language"),
    HOUSEHOLD: pgettext_lazy("list", "People in the household"),
}
# What lists call them, in the languages of those who write lists; lower case, no accents, no signs.
_CALLED: Mapping[str, str] = {
    NAME: "name,full name,fullname,nom complet,nom et prenom,nombre completo,nombre y apellidos,naam,"
    "volledige naam,vollstandiger name,nome completo,imie i nazwisko,пiб,повне iм я,повне iмя,имя,"
    "фио,الاسم,الاسم الكامل,اسم,نام,نام کامل,ad soyad,adi soyadi,magaca,jina,jina kamili,"
    "beneficiary name,respondent name,person",
    FIRST: "first name,firstname,given name,given names,forename,prenom,nombre,nombres,voornaam,vorname,"
    "nome,imie,iм я,iмя,الاسم الاول,ad,adi",
    LAST: "last name,lastname,surname,family name,nom,nom de famille,apellido,apellidos,achternaam,"
    "nachname,familienname,cognome,sobrenome,nazwisko,прiзвище,фамилия,اسم العائلة,اللقب,soyad,"
    "soyadi",
    PHONE: "phone,phone number,phonenumber,phone no,mobile,mobile number,mobile phone,cell,cell phone,"
    "cellphone,tel,telephone,telephone number,telefono,movil,celular,numero,numero de telephone,"
    "numero de telefono,portable,n de telephone,n telephone,no telefono,telefoon,telefoonnummer,"
    "mobiel,gsm,handy,telefon,telefonnummer,telefon numarasi,whatsapp,whatsapp number,whatsapp phone,"
    "msisdn,contact,contact number,телефон,номер телефону,номер телефона,мобiльний,هاتف,الهاتف,"
    "رقم الهاتف,رقم,جوال,رقم الجوال,موبايل,تلفن,شماره تلفن,simu,nambari ya simu,taleefan",
    LANGUAGE: "language,lang,preferred language,preferredlanguage,spoken language,langue,langue preferee,"
    "idioma,lengua,taal,sprache,lingua,jezyk,мова,язык,اللغة,لغة,زبان,dil,lugha,luqad",
    HOUSEHOLD: "household,household size,householdsize,hh size,hhsize,family size,people,number of people,"
    "members,family members,number of members,persons,taille du menage,menage,personnes,"
    "nombre de personnes,hogar,personas,numero de personas,tamano del hogar,huishouden,gezin,"
    "gezinsgrootte,aantal personen,haushalt,personen,haushaltsgrosse,famiglia,domownicy,"
    "кiлькiсть осiб,домогосподарство,عدد الافراد,عدد افراد الاسرة,حجم الاسرة,تعداد خانوار,hane,"
    "kisi sayisi,kaya",
}
_SAMPLE_MOST = 0.6  # of the cells look like phone numbers: it is the column of phone numbers


@dataclass(frozen=True, slots=True)
class Target:
    """A field that a column may fill."""

    code: str
    label: str
    field: Field | None = None  # of the programme's own form


def targets_of(programme: Programme, language: str = "") -> dict[str, Target]:
    own = {field.code: field for field in fields_of(programme.form)}
    built_in = [code for code in _LABELS if code not in own]
    found = {code: Target(code, str(_LABELS[code])) for code in built_in}
    spoken = (language, programme.centre.default_language)
    return found | {code: Target(code, word(field.labels, *spoken), field) for code, field in own.items()}


def guess(
    headings: Sequence[str], programme: Programme, sample: Iterable[Sequence[str]] = (), *, region: str = ""
) -> dict[int, str]:
    """Column number to field, as good as the headings tell; a column of phone numbers is known by what is in it."""
    called = _names_of(programme)
    found: dict[int, str] = {}
    for column, heading in enumerate(headings):
        code = called.get(_plain(heading))
        if code and code not in found.values():
            found[column] = code
    if PHONE not in found.values():
        column = _phones_in(headings, list(sample), region, set(found))
        found |= {column: PHONE} if column is not None else {}
    return _one_kind_of_name(found)


def checked(mapping: Mapping[int, str], targets: Mapping[str, Target], width: int) -> dict[int, str]:
    """What somebody chose, without what does not exist; of two columns for one field the first."""
    found: dict[int, str] = {}
    for column in sorted(mapping):
        code = mapping[column]
        if code in targets and 0 <= column < width and code not in found.values():
            found[column] = code
    return found


def is_enough(mapping: Mapping[int, str]) -> bool:
    """Somebody must be reachable or be known by name."""
    return any(code in (PHONE, *NAMES) for code in mapping.values())


def _names_of(programme: Programme) -> dict[str, str]:
    """Every word by which a column may be meant: ours, those of lists, and first the programme's own questions."""
    called = {name: code for code, names in _CALLED.items() for name in map(_plain, names.split(","))}
    called |= {_plain(str(_LABELS[code])): code for code in (*_LABELS, NAME)}  # called alike: the name
    for field in fields_of(programme.form):
        called |= {_plain(label): field.code for label in (field.code, *field.labels.values()) if label}
    return called


def _plain(heading: str) -> str:
    """`Phone_Number:` and `group_a/phone number` are `number phone`."""
    spaced = heading.rsplit("/", 1)[-1].replace("_", " ").replace("і", "i").replace("І", "i")
    return plain_name(spaced)


def _phones_in(
    headings: Sequence[str], sample: Sequence[Sequence[str]], region: str, taken: set[int]
) -> int | None:
    rates: dict[int, float] = {}
    for column in range(len(headings)):
        cells = [row[column] for row in sample if column < len(row) and row[column]]
        if cells and column not in taken:
            rates[column] = sum(_like_a_phone(cell, region) for cell in cells) / len(cells)
    best = max(rates, key=lambda column: rates[column], default=None)
    return best if best is not None and rates[best] >= _SAMPLE_MOST else None


def _like_a_phone(cell: str, region: str) -> bool:
    digits = sum(sign.isdecimal() for sign in cell)
    return digits >= 7 and phones.normalise(cell, region) is not None


def _one_kind_of_name(found: dict[int, str]) -> dict[int, str]:
    """Some languages have one word for the name and for the last name: beside a first name it is the last name,
    alone it is the name."""
    kinds = set(found.values()) & set(NAMES)
    if kinds == {NAME, FIRST}:
        return {column: LAST if code == NAME else code for column, code in found.items()}
    if len(kinds) != 1:
        return found
    return {column: NAME if code in kinds else code for column, code in found.items()}
