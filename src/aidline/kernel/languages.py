"""Languages: those of the screens and those people write in. Codes are ISO 639 as Django writes them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    name: str  # as its speakers write it
    english: str
    script: str  # ISO 15924
    direction: str = "ltr"


def _rtl(code: str, name: str, english: str) -> Language:
    return Language(code, name, english, "Arab", "rtl")


def _latin(code: str, name: str, english: str) -> Language:
    return Language(code, name, english, "Latn")


ALL: dict[str, Language] = {
    language.code: language
    for language in (
        _latin("en", "English", "English"),
        _latin("fr", "français", "French"),
        _latin("es", "español", "Spanish"),
        _rtl("ar", "العربية", "Arabic"),
        Language("uk", "українська", "Ukrainian", "Cyrl"),
        _latin("nl", "Nederlands", "Dutch"),
        Language("am", "አማርኛ", "Amharic", "Ethi"),
        Language("bn", "বাংলা", "Bengali", "Beng"),
        _rtl("ckb", "کوردیی ناوەندی", "Central Kurdish"),
        _latin("de", "Deutsch", "German"),
        Language("el", "ελληνικά", "Greek", "Grek"),
        _rtl("fa", "فارسی", "Persian"),
        _latin("ha", "Hausa", "Hausa"),
        Language("he", "עברית", "Hebrew", "Hebr", "rtl"),
        Language("hi", "हिन्दी", "Hindi", "Deva"),
        _latin("ht", "Kreyòl ayisyen", "Haitian Creole"),
        _latin("it", "italiano", "Italian"),
        _latin("kmr", "Kurmancî", "Northern Kurdish"),
        _latin("ln", "lingála", "Lingala"),
        Language("my", "မြန်မာ", "Burmese", "Mymr"),
        _latin("om", "Afaan Oromoo", "Oromo"),
        _latin("pl", "polski", "Polish"),
        _rtl("prs", "دری", "Dari"),
        _rtl("ps", "پښتو", "Pashto"),
        _latin("pt", "português", "Portuguese"),
        _latin("ro", "română", "Romanian"),
        Language("ru", "русский", "Russian", "Cyrl"),
        _latin("rw", "Ikinyarwanda", "Kinyarwanda"),
        _latin("so", "Soomaali", "Somali"),
        _latin("sw", "Kiswahili", "Swahili"),
        Language("ta", "தமிழ்", "Tamil", "Taml"),
        Language("ti", "ትግርኛ", "Tigrinya", "Ethi"),
        _latin("tr", "Türkçe", "Turkish"),
        _rtl("ur", "اردو", "Urdu"),
        _latin("vi", "Tiếng Việt", "Vietnamese"),
    )
}

INTERFACE: tuple[str, ...] = ("en", "fr", "es", "ar", "uk", "nl")


def match(tag: str) -> str:
    """The code we know for a tag such as `ar-SY` or `pt_BR`; empty if none."""
    code = tag.strip().replace("_", "-").split("-")[0].lower()
    return code if code in ALL else ""


def name(code: str) -> str:
    return ALL[code].name if code in ALL else code


def direction(code: str) -> str:
    return ALL[code].direction if code in ALL else "ltr"


def script(code: str) -> str:
    return ALL[code].script if code in ALL else "Latn"
