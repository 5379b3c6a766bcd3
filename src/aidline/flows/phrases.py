"""What the engine says of its own accord, in the six languages of the screens; a flow may bring its own.

In a language that has no phrase here, the flow's is said, or that of the flow's first language, or English: with
the right language on the line, so that a voice reads it as it should.
"""

from collections.abc import Mapping

from aidline.flows.language import Flow, Line, Medium, Words
from aidline.kernel import languages

PHRASES: Mapping[str, Mapping[str, str]] = {
    "not_understood": {
        "en": "I did not understand that. For a person, answer 0.",
        "fr": "Je n’ai pas compris. Pour parler à quelqu’un, répondez 0.",
        "es": "No he entendido. Para hablar con una persona, responde 0.",
        "ar": "لم أفهم. للتحدث مع شخص، أجب بالرقم 0.",
        "uk": "Я не зрозумів відповіді. Щоб поговорити з людиною, дайте відповідь 0.",
        "nl": "Dat begreep ik niet. Voor een mens: antwoord 0.",
    },
    "not_understood_phone": {
        "en": "I did not understand that. For a person, press 0.",
        "fr": "Je n’ai pas compris. Pour parler à quelqu’un, appuyez sur 0.",
        "es": "No he entendido. Para hablar con una persona, pulsa 0.",
        "ar": "لم أفهم. للتحدث مع شخص، اضغط 0.",
        "uk": "Я не зрозумів відповіді. Щоб поговорити з людиною, натисніть 0.",
        "nl": "Dat begreep ik niet. Voor een mens: toets 0.",
    },
    "more": {
        "en": "More",
        "fr": "Plus",
        "es": "Más",
        "ar": "المزيد",
        "uk": "Більше",
        "nl": "Meer",
    },
    "another": {
        "en": "Something else to read",
        "fr": "Une autre information",
        "es": "Otra información",
        "ar": "معلومات أخرى",
        "uk": "Інша інформація",
        "nl": "Andere informatie",
    },
    "topics": {
        "en": "Other subjects",
        "fr": "Autres sujets",
        "es": "Otros temas",
        "ar": "مواضيع أخرى",
        "uk": "Інші теми",
        "nl": "Andere onderwerpen",
    },
    "on": {
        "en": "Go on",
        "fr": "Continuer",
        "es": "Continuar",
        "ar": "متابعة",
        "uk": "Далі",
        "nl": "Verder",
    },
    "human": {
        "en": "A person",
        "fr": "Une personne",
        "es": "Una persona",
        "ar": "التحدث مع شخص",
        "uk": "Поговорити з людиною",
        "nl": "Een mens",
    },
    "what_next": {
        "en": "What would you like to do now?",
        "fr": "Que souhaitez-vous faire maintenant ?",
        "es": "¿Qué quieres hacer ahora?",
        "ar": "ماذا تريد أن تفعل الآن؟",
        "uk": "Що б ви хотіли зробити далі?",
        "nl": "Wat wilt u nu doen?",
    },
    "gone": {
        "en": "This is not there any more.",
        "fr": "Cette information n’est plus disponible.",
        "es": "Esta información ya no está disponible.",
        "ar": "هذه المعلومات لم تعد متوفرة.",
        "uk": "Цієї інформації більше немає.",
        "nl": "Dit is er niet meer.",
    },
    "which_language": {
        "en": "Which language?",
        "fr": "Quelle langue ?",
        "es": "¿Qué idioma?",
        "ar": "أي لغة؟",
        "uk": "Якою мовою?",
        "nl": "Welke taal?",
    },
    "to_person": {
        "en": "We are connecting you with a person.",
        "fr": "Nous vous mettons en contact avec une personne.",
        "es": "Te ponemos en contacto con una persona.",
        "ar": "نوصلك الآن بشخص.",
        "uk": "Ми з’єднуємо вас із людиною.",
        "nl": "We verbinden u met een mens.",
    },
    "voicemail": {
        "en": "Nobody can take your call now. Leave a message after the tone and we will answer you.",
        "fr": "Personne ne peut répondre maintenant. Laissez un message après le signal, nous vous répondrons.",
        "es": "Nadie puede atenderte ahora. Deja un mensaje después de la señal y te responderemos.",
        "ar": "لا يمكن لأحد الرد الآن. اترك رسالة بعد الصفارة وسنجيبك.",
        "uk": "Зараз ніхто не може відповісти. Залиште повідомлення після сигналу, і ми відповімо.",
        "nl": "Niemand kan nu opnemen. Spreek na de toon een bericht in, dan antwoorden we u.",
    },
    "goodbye": {
        "en": "Thank you. Goodbye.",
        "fr": "Merci. Au revoir.",
        "es": "Gracias. Adiós.",
        "ar": "شكرًا لك. مع السلامة.",
        "uk": "Дякуємо. До побачення.",
        "nl": "Dank u. Tot ziens.",
    },
    "press": {
        "en": "{words}: press {key}.",
        "fr": "{words} : appuyez sur {key}.",
        "es": "{words}: pulsa {key}.",
        "ar": "{words}: اضغط {key}.",
        "uk": "{words}: натисніть {key}.",
        "nl": "{words}: toets {key}.",
    },
}


def phrase(name: str, language: str, flow: Flow | None = None, medium: Medium = Medium.CHAT) -> Line:
    """Ready to be said. Where there are none in `language`, the line tells in which one it is."""
    if medium is Medium.PHONE and f"{name}_phone" in PHRASES:
        name = f"{name}_phone"
    own = flow.phrases.get(name, {}) if flow else {}
    for code in (language, flow.languages[0] if flow and flow.languages else "", "en"):
        if words := own.get(code):
            return line(words, code, medium)
        if code in PHRASES[name]:
            return Line(PHRASES[name][code], code)
    raise KeyError(name)


def line(words: Words, language: str, medium: Medium) -> Line:
    if medium is Medium.PHONE:
        return Line(words.text, language, words.recording)
    return Line(words.short or words.text if medium is Medium.SMS else words.text, language)


assert all(set(languages.INTERFACE) == set(found) for found in PHRASES.values())
