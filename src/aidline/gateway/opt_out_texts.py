"""What somebody reads who wrote STOP. Each names a word of `opt_out_words` by which they come back.

Only languages in which the sentence was checked; else the centre's language is used, and English at the end.
"""

from collections.abc import Mapping

STOPPED: Mapping[str, str] = {
    "en": "You will get no more messages from us. If you change your mind, write START. "
    "If you need help, just write to us.",
    "fr": "Vous ne recevrez plus de messages de notre part. Si vous changez d'avis, écrivez REPRENDRE. "
    "Si vous avez besoin d'aide, écrivez-nous simplement.",
    "es": "No recibirá más mensajes nuestros. Si cambia de opinión, escriba REANUDAR. "
    "Si necesita ayuda, escríbanos cuando quiera.",
    "ar": "لن تصلك رسائل منا بعد الآن. إذا غيّرت رأيك فاكتب: ابدأ. وإذا احتجت إلى مساعدة فاكتب لنا في أي وقت.",
    "uk": "Ви більше не отримуватимете від нас повідомлень. Якщо передумаєте, напишіть СТАРТ. "
    "Якщо потрібна допомога, просто напишіть нам.",
    "nl": "U krijgt geen berichten meer van ons. Wilt u ze toch weer, schrijf dan HERVATTEN. "
    "Hebt u hulp nodig, schrijf ons dan gewoon.",
    "de": "Sie bekommen keine Nachrichten mehr von uns. Wenn Sie es sich anders überlegen, schreiben Sie STARTEN. "
    "Wenn Sie Hilfe brauchen, schreiben Sie uns einfach.",
    "it": "Non riceverà più messaggi da noi. Se cambia idea, scriva RIPRENDI. "
    "Se ha bisogno di aiuto, ci scriva quando vuole.",
    "pt": "Não vai receber mais mensagens nossas. Se mudar de ideia, escreva RETOMAR. "
    "Se precisar de ajuda, escreva-nos.",
    "pl": "Nie będziemy już wysyłać wiadomości. Aby do nich wrócić, proszę napisać WZNÓW. "
    "W razie potrzeby pomocy prosimy po prostu napisać.",
    "ro": "Nu veți mai primi mesaje de la noi. Dacă vă răzgândiți, scrieți REIA. "
    "Dacă aveți nevoie de ajutor, scrieți-ne oricând.",
    "ru": "Вы больше не будете получать от нас сообщений. Если передумаете, напишите СТАРТ. "
    "Если нужна помощь, просто напишите нам.",
    "tr": "Artık bizden mesaj almayacaksınız. Fikrinizi değiştirirseniz BAŞLAT yazın. "
    "Yardıma ihtiyacınız olursa bize yazmanız yeterli.",
    "fa": "دیگر پیامی از ما دریافت نخواهید کرد. اگر نظرتان عوض شد بنویسید: شروع. "
    "اگر به کمک نیاز داشتید، برای ما بنویسید.",
    "prs": "دیگر از ما پیام نخواهید گرفت. اگر نظر تان تغییر کرد بنویسید: شروع. "
    "اگر به کمک ضرورت داشتید، به ما بنویسید.",
}


def stopped_text(*languages: str) -> str:
    """In the first of these languages that we have, else in English."""
    return next((STOPPED[code] for code in languages if code in STOPPED), STOPPED["en"])
