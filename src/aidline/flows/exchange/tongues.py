"""Language codes: ours are ISO 639-1 where there is one, FLOIP's are ISO 639-3 (iso639-3.sil.org, 2026-11)."""

_THREE: dict[str, str] = {
    "am": "amh",
    "ar": "ara",
    "bn": "ben",
    "ckb": "ckb",
    "de": "deu",
    "el": "ell",
    "en": "eng",
    "es": "spa",
    "fa": "fas",
    "fr": "fra",
    "ha": "hau",
    "he": "heb",
    "hi": "hin",
    "ht": "hat",
    "it": "ita",
    "kmr": "kmr",
    "ln": "lin",
    "my": "mya",
    "nl": "nld",
    "om": "orm",
    "pl": "pol",
    "prs": "prs",
    "ps": "pus",
    "pt": "por",
    "ro": "ron",
    "ru": "rus",
    "rw": "kin",
    "so": "som",
    "sw": "swa",
    "ta": "tam",
    "ti": "tir",
    "tr": "tur",
    "uk": "ukr",
    "ur": "urd",
    "vi": "vie",
    "zh": "zho",
}
_TWO = {three: two for two, three in _THREE.items()}
# Bibliographic codes, macro-languages and their largest members, as other programs write them.
_TWO |= {
    "fre": "fr",
    "dut": "nl",
    "ger": "de",
    "per": "fa",
    "arb": "ar",
    "swh": "sw",
    "gaz": "om",
    "pbt": "ps",
}


def three(code: str) -> str:
    return _THREE.get(code, code if len(code) == 3 else "mis")


def two(code: str) -> str:
    """Ours for a code of two or three letters, with a variant or a country or without; itself if unknown."""
    bare = code.strip().lower().replace("_", "-").split("-")[0]
    return _TWO.get(bare, bare)


def known(code: str) -> bool:
    return code in _THREE
