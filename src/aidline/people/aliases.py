"""Friendly names for people, so that nobody is shown by a phone number: "Cedar 417", "أرز ٤١٧".

The same row of `_TABLE` is one alias in every language. Words were chosen so that none is a usual given
name, a slur, a symbol of a nation, party or faith, or a thing tied to flight (sea, boat, desert, border) in
its language. Where a literal translation would break that rule, the nearest gentle word stands instead
(Ukrainian "oak grove" for oak, because the word for oak is also in a saying about death).

Tigrinya and Somali are left out on purpose: 64 words nobody has proof-read would do harm. They show English.
"""

_LANGUAGES = ("en", "fr", "es", "ar", "uk", "nl", "fa", "ru", "tr")

_TABLE = """
Cedar|Cèdre|Cedro|أرز|Кедр|Ceder|سرو کوهی|Кедр|Sedir
Pine|Pin|Pino|صنوبر|Сосна|Den|کاج|Сосна|Çam
Fir|Sapin|Abeto|شوح|Ялиця|Spar|نراد|Пихта|Köknar
Oak|Chêne|Roble|سنديان|Діброва|Eik|بلوط|Дубрава|Meşe
Maple|Érable|Arce|قيقب|Клен|Esdoorn|کیکم|Клён|Akçaağaç
Elm|Orme|Olmo|دردار|В’яз|Iep|نارون|Вяз|Karaağaç
Chestnut|Châtaignier|Castaño|كستناء|Каштан|Kastanje|شاه‌بلوط|Каштан|Kestane
Almond|Amande|Almendra|لوز|Мигдаль|Amandel|بادام|Миндаль|Badem
Pistachio|Pistache|Pistacho|فستق|Фісташка|Pistache|پسته|Фисташка|Şamfıstığı
Mulberry|Mûrier|Morera|توت|Шовковиця|Moerbei|توت|Шелковица|Dut
Hazelnut|Noisette|Avellana|بندق|Ліщина|Hazelnoot|فندق|Лещина|Fındık
Palm|Palmier|Palmera|نخيل|Пальма|Palm|نخل|Пальма|Palmiye
Acacia|Acacia|Acacia|أكاسيا|Акація|Acacia|اقاقیا|Акация|Akasya
Tamarisk|Tamaris|Taray|طرفاء|Тамариск|Tamarisk|گز|Тамариск|Ilgın
Eucalyptus|Eucalyptus|Eucalipto|كينا|Евкаліпт|Eucalyptus|اکالیپتوس|Эвкалипт|Okaliptüs
Baobab|Baobab|Baobab|باوباب|Баобаб|Baobab|بائوباب|Баобаб|Baobab
Sequoia|Séquoia|Secuoya|سكويا|Секвоя|Sequoia|سکویا|Секвойя|Sekoya
Ginkgo|Ginkgo|Ginkgo|جنكة|Гінкго|Ginkgo|ژینکو|Гинкго|Ginkgo
Jacaranda|Jacaranda|Jacarandá|جاكرندا|Жакаранда|Jacaranda|ژاکاراندا|Жакаранда|Jakaranda
Reed|Roseau|Carrizo|قصب|Очерет|Riet|نی|Тростник|Saz
Papyrus|Papyrus|Papiro|بردي|Папірус|Papyrus|پاپیروس|Папирус|Papirüs
Sorrel|Oseille|Acedera|حماض|Щавель|Zuring|ترشک|Щавель|Kuzukulağı
Mint|Menthe|Menta|نعناع|М’ята|Munt|نعنا|Мята|Nane
Thyme|Thym|Tomillo|زعتر|Чебрець|Tijm|آویشن|Чабрец|Kekik
Lavender|Lavande|Lavanda|خزامى|Лаванда|Lavendel|اسطوخودوس|Лаванда|Lavanta
Cardamom|Cardamome|Cardamomo|هال|Кардамон|Kardemom|هل|Кардамон|Kakule
Coriander|Coriandre|Cilantro|كزبرة|Коріандр|Koriander|گشنیز|Кориандр|Kişniş
Sumac|Sumac|Zumaque|سماق|Сумах|Sumak|سماق|Сумах|Sumak
Sesame|Sésame|Sésamo|سمسم|Кунжут|Sesam|کنجد|Кунжут|Susam
Barley|Orge|Cebada|شعير|Ячмінь|Gerst|جو|Ячмень|Arpa
Wheat|Blé|Trigo|قمح|Пшениця|Tarwe|گندم|Пшеница|Buğday
Millet|Millet|Mijo|دخن|Просо|Gierst|ارزن|Просо|Darı
Rye|Seigle|Centeno|جاودار|Жито|Rogge|چاودار|Рожь|Çavdar
Bracken|Fougère|Helecho|سرخس|Папороть|Varen|سرخس|Папоротник|Eğrelti
Moss|Mousse|Musgo|طحلب|Мох|Mos|خزه|Мох|Yosun
Flax|Lin|Lino|كتان|Льон|Vlas|کتان|Лён|Keten
Sunflower|Tournesol|Girasol|دوار الشمس|Соняшник|Zonnebloem|آفتابگردان|Подсолнух|Ayçiçeği
Chamomile|Camomille|Manzanilla|بابونج|Ромашка|Kamille|بابونه|Ромашка|Papatya
Gardenia|Gardénia|Gardenia|غاردينيا|Гарденія|Gardenia|گاردنیا|Гардения|Gardenya
Meadow|Prairie|Pradera|مرج|Левада|Weide|چمنزار|Луг|Çayır
Grove|Bosquet|Arboleda|خميلة|Гай|Bosje|بیشه|Роща|Koru
Orchard|Verger|Huerto|بستان|Сад|Boomgaard|بوستان|Сад|Bahçe
Basalt|Basalte|Basalto|بازلت|Базальт|Basalt|بازالت|Базальт|Bazalt
Granite|Granit|Granito|غرانيت|Граніт|Graniet|گرانیت|Гранит|Granit
Marble|Marbre|Mármol|رخام|Мармур|Marmer|مرمر|Мрамор|Mermer
Quartz|Quartz|Cuarzo|كوارتز|Кварц|Kwarts|کوارتز|Кварц|Kuvars
Chalk|Craie|Tiza|طباشير|Крейда|Krijt|گچ|Мел|Tebeşir
Topaz|Topaze|Topacio|توباز|Топаз|Topaas|توپاز|Топаз|Topaz
Malachite|Malachite|Malaquita|ملاكيت|Малахіт|Malachiet|مالاکیت|Малахит|Malakit
Obsidian|Obsidienne|Obsidiana|أوبسيديان|Обсидіан|Obsidiaan|ابسیدین|Обсидиан|Obsidyen
Sandstone|Grès|Arenisca|حجر رملي|Пісковик|Zandsteen|ماسه‌سنگ|Песчаник|Kumtaşı
Amethyst|Améthyste|Amatista|جمشت|Аметист|Amethist|آمتیست|Аметист|Ametist
Stream|Ruisseau|Arroyo|جدول|Струмок|Beek|جویبار|Ручей|Dere
Lake|Lac|Lago|بحيرة|Озеро|Meer|دریاچه|Озеро|Göl
Spring|Source|Manantial|نبع|Джерело|Bron|چشمه|Родник|Kaynak
Waterfall|Cascade|Cascada|شلال|Водоспад|Waterval|آبشار|Водопад|Şelale
Hill|Colline|Colina|رابية|Пагорб|Heuvel|تپه|Холм|Tepe
Valley|Vallée|Valle|وادي|Долина|Vallei|دره|Долина|Vadi
Steppe|Steppe|Estepa|سهب|Степ|Steppe|استپ|Степь|Bozkır
Mist|Brume|Neblina|ضباب|Туман|Mist|مه|Туман|Sis
Drizzle|Bruine|Llovizna|رذاذ|Дощик|Motregen|نم‌نم|Дождик|Çisenti
Heron|Héron|Garza|بلشون|Чапля|Reiger|حواصیل|Цапля|Balıkçıl
Stork|Cigogne|Cigüeña|لقلق|Лелека|Ooievaar|لک‌لک|Аист|Leylek
Pelican|Pélican|Pelícano|بجع|Пелікан|Pelikaan|پلیکان|Пеликан|Pelikan
"""

_ROWS = tuple(tuple(line.split("|")) for line in _TABLE.split("\n") if line)
WORDS: dict[str, tuple[str, ...]] = dict(zip(_LANGUAGES, zip(*_ROWS, strict=True), strict=True))
ALIAS_SPACE = len(_ROWS) * 1000  # 64 words by the numbers 000 to 999

_DIGITS = {
    "ar": str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"),
    "fa": str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"),
}


def alias(word: int, number: int, language: str) -> str:
    """For example "Cedar 417", in the reader's language; English where we have no words."""
    code = language.lower().replace("_", "-").split("-")[0]
    words = WORDS.get(code, WORDS["en"])
    return f"{words[word % len(words)]} {number:03}".translate(_DIGITS.get(code, {}))
