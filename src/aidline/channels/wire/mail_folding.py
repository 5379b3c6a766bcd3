"""What a person wrote, apart from what their mail program repeats under it: quotes and signatures.

Whole lines move and none is lost: the lines of both halves together are those of the mail. Where it is not clear
what is new (answers between the quoted lines, nothing but a quote) nothing is folded.
"""

import re

# "On … wrote:" as mail programs of these languages put it before a quote; some break it over two or three lines.
_WROTE = (
    "wrote|writes|a écrit|schrieb|escribió|ha escrito|escreveu|ha scritto|schreef|geschreven|skrev|kirjoitti|"
    "napisał|napsal|написал|написала|пишет|написав|пише|пишет|yazdı|έγραψε|כתב|كتب|كتبت|نوشت|写道|wrote"
)
_INTRODUCTION = re.compile(rf"(?:^|\s|,|>|\)|\d)\W*(?:{_WROTE})\b.{{0,60}}[:：]\s*$", re.IGNORECASE)
_PERSIAN_OR_ARABIC = re.compile(r"^\W*(?:في|بتاريخ|در تاریخ|در)\b.{5,200}[:：]\s*$")
_SAYS_WHO = re.compile(r"@|\d{1,4}[./\-:年]\d|\d{4}|<|&lt;")
_DATED = re.compile(r"\d{4}|\d:\d\d")
_ORIGINAL = re.compile(
    r"^\W{0,3}[-_]{2,}\s*(?:original message|forwarded message|message d'origine|message transféré|"
    r"ursprüngliche nachricht|weitergeleitete nachricht|mensaje original|mensaje reenviado|mensagem original|"
    r"messaggio originale|oorspronkelijk bericht|исходное сообщение|пересланное сообщение|оригинал|"
    r"пересилане повідомлення|الرسالة الأصلية|رسالة أصلية|orijinal ileti|پیام اصلی)\s*[-_]{2,}\W*$",
    re.IGNORECASE,
)
_FROM = "from|de|von|da|van|от|від|من|kimden|از|från|fra|od"
_OTHER_HEADS = (
    "sent|date|to|subject|cc|envoyé|à|objet|gesendet|an|betreff|datum|enviado|para|asunto|assunto|fecha|data|"
    "inviato|a|oggetto|verzonden|aan|onderwerp|отправлено|дата|кому|тема|надіслано|дата|تم الإرسال|"
    "التاريخ|إلى|الموضوع|gönderildi|kime|konu|ارسال|تاریخ|به|موضوع"
)
_HEAD = re.compile(rf"^\W{{0,3}}(?:{_FROM})\s?\W{{0,2}}[:：]\W{{0,3}}\S", re.IGNORECASE)
_MORE_HEADS = re.compile(rf"^\W{{0,3}}(?:{_OTHER_HEADS})\s?\W{{0,2}}[:：]", re.IGNORECASE)
_RULE = re.compile(r"^[_\-]{10,}\s*$")
_SIGNATURE = re.compile(r"^-- ?$")
_DEVICE = re.compile(
    r"^\W{0,3}(?:sent from (?:my|mail|outlook|yahoo|samsung)|get outlook for|envoyé (?:de|depuis) |"
    r"gesendet mit der|von meinem .{1,30} gesendet|"
    r"enviado (?:desde|do) (?:mi|meu) |inviato da |verzonden vanaf |verstuurd vanaf |отправлено (?:с|из) |"
    r"надіслано (?:з|із) |أرسلت? من |مرسل من |fra min |ارسال شده از )",
    re.IGNORECASE,
)


def fold(text: str) -> tuple[str, str]:
    """What is new, and what is folded away under it."""
    lines = text.split("\n")
    end = _end_of_new(lines)
    start = _after_leading_quote(lines[:end])
    fresh = lines[start:end]
    if not _says_something(fresh):
        return text.strip("\n"), ""
    parts = ["\n".join(part).strip("\n") for part in (lines[:start], lines[end:])]
    return "\n".join(fresh).strip("\n"), "\n\n".join(part for part in parts if part.strip())


def _end_of_new(lines: list[str]) -> int:
    """Cuts again as long as something is found, because a signature stands above a quote."""
    end = len(lines)
    for cut in (_quote_header, _trailing_quote, _signature, _device):
        found = cut(lines[:end])
        if _says_something(lines[:found]):
            end = found
    return end


def _quote_header(lines: list[str]) -> int:
    """Where an older mail begins whose lines carry no mark, as Outlook does it: everything below is old."""
    for at, line in enumerate(lines):
        if _ORIGINAL.match(line) or _is_head_block(lines, at):
            above = at - 1 if at and _RULE.match(lines[at - 1]) else at
            return above if _has_no_new_quote_style_below(lines[at:]) else len(lines)
    return len(lines)


def _is_head_block(lines: list[str], at: int) -> bool:
    if not _HEAD.match(lines[at]):
        return False
    return sum(bool(_MORE_HEADS.match(line)) for line in lines[at + 1 : at + 6]) >= 2


def _has_no_new_quote_style_below(lines: list[str]) -> bool:
    """Quoted lines right after the heads and unmarked ones after them: somebody answered below."""
    marked = [bool(line.startswith(">")) for line in lines if line.strip()]
    return not (any(marked) and not marked[-1])


def _trailing_quote(lines: list[str]) -> int:
    """The marked lines at the end, with the line that introduces them."""
    start = len(lines)
    while start and (lines[start - 1].lstrip().startswith(">") or not lines[start - 1].strip()):
        start -= 1
    if not any(line.lstrip().startswith(">") for line in lines[start:]):
        return _introduction_alone(lines)
    begin = _introduction(lines, start)
    return len(lines) if any(line.startswith(">") for line in lines[:begin]) else begin


def _introduction_alone(lines: list[str]) -> int:
    """Some programs write "On … wrote:" and quote without marks, or quote nothing at all."""
    for at in range(len(lines)):
        begin = _introduction(lines, at + 1)
        if begin <= at and not any(line.startswith(">") for line in lines[at + 1 :]):
            return begin
    return len(lines)


def _introduction(lines: list[str], start: int) -> int:
    """The index of the line that introduces the quote at `start`; `start` itself if there is none."""
    last = start
    while last and not lines[last - 1].strip():
        last -= 1
    found = start
    for begin in range(last - 1, max(last - 4, -1), -1):
        line = " ".join(part.strip() for part in lines[begin:last])
        if not lines[begin].strip() or not _introduces(line):
            break
        found = begin
        if _DATED.search(line):
            break
    return found


def _introduces(line: str) -> bool:
    if len(line) > 300:
        return False
    known = _INTRODUCTION.search(line) or _PERSIAN_OR_ARABIC.match(line)
    return bool(known and _SAYS_WHO.search(line))


def _signature(lines: list[str]) -> int:
    for at in range(len(lines) - 1, -1, -1):
        if _SIGNATURE.match(lines[at]):
            return at
    return len(lines)


def _device(lines: list[str]) -> int:
    """ "Sent from my …" as the last thing of all."""
    last = len(lines)
    while last and not lines[last - 1].strip():
        last -= 1
    return last - 1 if last and len(lines[last - 1]) < 120 and _DEVICE.match(lines[last - 1]) else len(lines)


def _after_leading_quote(lines: list[str]) -> int:
    """Some answer below: what they quote stands first, and nothing of it comes again further down."""
    start = next((at for at, line in enumerate(lines) if line.strip()), 0)
    quoted = start
    while quoted < len(lines) and not lines[quoted].startswith(">") and quoted - start < 3:
        quoted += 1
    if quoted == len(lines) or not lines[quoted].startswith(">"):
        return 0
    if quoted > start and _introduction(lines, quoted) > start:
        return 0
    end = quoted
    while end < len(lines) and (lines[end].startswith(">") or not lines[end].strip()):
        end += 1
    return 0 if any(line.startswith(">") for line in lines[end:]) else end


def _says_something(lines: list[str]) -> bool:
    return any(line.strip() and not line.startswith(">") for line in lines)
