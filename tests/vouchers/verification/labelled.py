# ruff: noqa: E501
"""Names of fifteen languages as different hands write them, and a labelled set made of them.

Each entry is one name; what stands between bars are its spellings, own script first where there is one. Written by
hand from how such names stand in real lists: nothing here comes out of the code that is measured.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

GIVEN, FAMILY = 0, 1

NAMES: dict[str, tuple[str, str]] = {
    "ar": (
        "محمد|Mohammed|Muhammad|Mohamad|Mohamed, فاطمة|Fatima|Fatimah|Fatma, خالد|Khaled|Khalid, يوسف|Youssef|Yusuf|Yousef,"
        "عائشة|Aisha|Aysha|Aicha, عبد الرحمن|Abdul Rahman|Abdulrahman|Abd al-Rahman|Abdelrahman, سارة|Sara|Sarah,"
        "حسين|Hussein|Hussain|Husayn, مريم|Maryam|Mariam|Meryem, إبراهيم|Ibrahim|Ebrahim, نور|Nour|Noor|Nur, عمر|Omar|Umar|Omer",
        "الحسن|Al-Hassan|Alhassan|al Hasan, المصري|Al-Masri|Almasri|El Masry, حداد|Haddad|Hadad, الخطيب|Al-Khatib|Alkhatib|Khatib,"
        "منصور|Mansour|Mansur|Mansoor, الشامي|Al-Shami|Alshami|El Chami, درويش|Darwish|Darwich, سليمان|Suleiman|Sulaiman|Soliman,"
        "الأحمد|Al-Ahmad|Alahmad|Al Ahmed, بركات|Barakat|Barakaat, قاسم|Qasim|Kassem|Qassem, زيدان|Zidan|Zaidan|Zeidan",
    ),
    "fa": (
        "علی رضا|Ali Reza|Alireza, زهرا|Zahra|Zohra, حسین|Hossein|Hussain|Hosein, مهدی|Mahdi|Mehdi, نرگس|Narges|Nargis|Nargess,"
        "فرید|Farid|Fareed, لیلا|Leila|Layla|Laila, کامران|Kamran|Kaamran, پریسا|Parisa|Pareesa, جاوید|Javid|Jawid|Jawed,"
        "شکیبا|Shakiba|Shakeeba, بهروز|Behrouz|Behruz|Behrooz",
        "احمدی|Ahmadi|Ahmady, حسینی|Hosseini|Hussaini|Husseini, رضایی|Rezaei|Rezai|Rezayi, کریمی|Karimi|Karimy, محمدی|Mohammadi|Mohamadi,"
        "نوری|Nouri|Noori|Nuri, رحیمی|Rahimi|Rahimy, صادقی|Sadeghi|Sadeqi|Sadiqi, حیدری|Heydari|Haidari|Heidari, مرادی|Moradi|Muradi,"
        "جعفری|Jafari|Jaafari, سلطانی|Soltani|Sultani",
    ),
    "uk": (
        "Олена|Olena|Olenа, Володимир|Volodymyr|Volodimir, Наталія|Nataliia|Natalia|Nataliya, Сергій|Serhii|Serhiy,"
        "Оксана|Oksana|Oxana, Андрій|Andrii|Andriy|Andrij, Юлія|Yuliia|Yulia|Julia, Дмитро|Dmytro|Dmitro, Ірина|Iryna|Irina,"
        "Богдан|Bohdan|Bogdan, Тетяна|Tetiana|Tetyana, Михайло|Mykhailo|Mykhaylo|Mihaylo",
        "Шевченко|Shevchenko|Schewtschenko, Коваленко|Kovalenko|Kowalenko, Бондаренко|Bondarenko, Ткачук|Tkachuk|Tkatschuk,"
        "Кравченко|Kravchenko|Krawtschenko, Мельник|Melnyk|Melnik, Поліщук|Polishchuk|Polischuk, Савченко|Savchenko|Sawchenko,"
        "Литвин|Lytvyn|Litvin, Гончар|Honchar|Gonchar, Марченко|Marchenko|Martchenko, Яценко|Yatsenko|Iatsenko",
    ),
    "ru": (
        "Екатерина|Ekaterina|Yekaterina|Jekaterina, Александр|Aleksandr|Alexander|Alexandr, Мария|Maria|Mariya, Алексей|Aleksei|Alexey|Alexei,"
        "Светлана|Svetlana|Swetlana, Дмитрий|Dmitry|Dmitri|Dmitrij, Людмила|Lyudmila|Ludmila|Liudmila, Николай|Nikolai|Nikolay|Nikolaj,"
        "Галина|Galina|Halina, Юрий|Yuri|Yury|Jurij, Ксения|Ksenia|Kseniya|Xenia, Виктор|Viktor|Victor",
        "Иванов|Ivanov|Iwanow, Кузнецов|Kuznetsov|Kusnezow|Kuznecov, Соколов|Sokolov|Sokolow, Волков|Volkov|Wolkow, Зайцев|Zaitsev|Zaytsev|Saizew,"
        "Морозов|Morozov|Morosow, Павлов|Pavlov|Pawlow, Фёдоров|Fedorov|Fyodorov, Орлов|Orlov|Orlow, Щербаков|Shcherbakov|Scherbakov,"
        "Никитин|Nikitin, Жуков|Zhukov|Joukov|Schukow",
    ),
    "am": (
        "ተስፋዬ|Tesfaye|Tesfaie, አበበ|Abebe|Abebbe, ሰላማዊት|Selamawit|Selamawite, ዮሐንስ|Yohannes|Johannes|Yohanes, ሂሩት|Hirut|Hiroot,"
        "ብርሃኑ|Birhanu|Berhanu, ፀሐይ|Tsehay|Tsehai, ዳዊት|Dawit|Dawite, መስከረም|Meskerem|Meskereme, ገብረ|Gebre|Ghebre, አልማዝ|Almaz|Almas, በቀለ|Bekele|Bekelle",
        "ኃይለ|Haile|Hayle, ገብረመድህን|Gebremedhin|Gebremedhn|Ghebremedhin, ወልደማርያም|Woldemariam|Weldemaryam, ታደሰ|Tadesse|Tadese,"
        "ከበደ|Kebede|Kebedde, አለሙ|Alemu|Alemou, ደስታ|Desta|Destaa, መኮንን|Mekonnen|Mekonen, ተክሌ|Tekle|Teklee, ግርማ|Girma|Ghirma,"
        "በላይ|Belay|Belai, ሙሉጌታ|Mulugeta|Mulughetta",
    ),
    "ti": (
        "ሚካኤል|Michael|Mikael|Mikaiel, ሰምሃር|Semhar|Samhar, ክብሮም|Kibrom|Kbrom, ለተብርሃን|Letebrhan|Letebirhan, ፊልሞን|Filmon|Philmon,"
        "ሰናይት|Senait|Senayt, ሃብቶም|Habtom|Habtome, ኣስመረት|Asmeret|Asmerett, ጎይትኦም|Goitom|Goytom, ራሄል|Rahel|Rahiel, ተኽለ|Tekle|Tekhle, ዮናስ|Yonas|Jonas",
        "ገብረስላሴ|Gebreselassie|Ghebreslasie|Gebreslassie, ተስፋማርያም|Tesfamariam|Tesfamaryam, ወልዱ|Weldu|Woldu, ኣብርሃ|Abraha|Abreha,"
        "በራኺ|Beraki|Berakhi, ፍስሃየ|Fsehaye|Fisehaye, ምሕረትኣብ|Mihreteab|Mehreteab, ሃይለ|Haile|Hayle, ዘርአይ|Zeray|Zerai, እዮብ|Eyob|Iyob,"
        "ስዩም|Siyum|Seyoum, ኪዳነ|Kidane|Kidanie",
    ),
    "so": (
        "Maxamed|Mohamed|Mohammed, Xasan|Hassan|Hasan, Faadumo|Fadumo|Faduma, Cali|Ali, Khadiijo|Khadija|Khadijo, Cabdi|Abdi,"
        "Saynab|Zaynab|Zeinab, Axmed|Ahmed|Ahmad, Xaliimo|Halima|Halimo, Cumar|Omar|Umar, Hodan|Hodaan, Jaamac|Jama|Jamaa",
        "Warsame|Warsama, Xirsi|Hirsi, Cabdulle|Abdulle|Abdule, Nuur|Nur|Noor, Guuleed|Guled, Shire|Shireh, Faarax|Farah|Farax,"
        "Yuusuf|Yusuf|Yousuf, Diiriye|Diriye|Dirie, Samatar|Samater, Barre|Bare, Geeddi|Geedi|Gedi",
    ),
    "tr": (
        "Mehmet|Mehmed, Ayşe|Ayse|Ayshe, Mustafa|Mustapha, Zeynep|Zeyneb, Şükrü|Sukru|Shukru, Gülşen|Gulsen|Gulshen, Çağlar|Caglar,"
        "İbrahim|Ibrahim, Emine|Emina, Cemal|Jemal|Cemaal, Özgür|Ozgur|Oezguer, Hatice|Hatije|Hatıce",
        "Yılmaz|Yilmaz|Yilmas, Çelik|Celik, Şahin|Sahin|Shahin, Öztürk|Ozturk|Oeztuerk, Demir|Demır, Kılıç|Kilic, Aydın|Aydin,"
        "Yıldız|Yildiz|Yildis, Doğan|Dogan, Güneş|Gunes|Guenes, Koç|Koc, Arslan|Aslan",
    ),
    "fr": (
        "Aminata|Aminatou, Mamadou|Mamadu|Mammadou, Fatoumata|Fatumata, Jean-Pierre|Jean Pierre|Jeanpierre, Aïssatou|Aissatou|Aisatu,"
        "Ousmane|Usman|Osmane, Élodie|Elodie|Elody, François|Francois, Mariame|Mariam|Maryam, Cheikh|Sheikh|Cheick, Hélène|Helene|Hellène, Moussa|Musa|Mousa",
        "Diallo|Dialo|Jallow, Traoré|Traore|Traoray, Coulibaly|Koulibaly|Culibali, Ndiaye|N'Diaye|Ndiay, Lefèvre|Lefevre|Lefebvre,"
        "Touré|Toure|Turay, Keïta|Keita, Camara|Kamara, Sissoko|Cissoko, Bâ|Ba|Bah, Konaté|Konate, Dupont|Du Pont",
    ),
    "en": (
        "Catherine|Katherine|Kathryn, Stephen|Steven, Grace|Grase, Philip|Phillip, Sarah|Sara, Geoffrey|Jeffrey, Chukwuemeka|Chukwuemeca|Chukuemeka,"
        "Ngozi|N'gozi, Elizabeth|Elisabeth, Matthew|Mathew, Deborah|Debora, Ayodele|Ayodelle",
        "Johnson|Jonson|Johnsen, Okafor|Okafor|Okaphor, McDonald|MacDonald|Mac Donald, Thompson|Thomson, Clarke|Clark, Adeyemi|Adeyemy,"
        "Phillips|Philips, Nwosu|Nwossu, Robertson|Robertsen, O'Brien|OBrien|O Brien, Mensah|Mensa, Whitaker|Whittaker",
    ),
    "es": (
        "José|Jose, María|Maria, Yesenia|Jesenia|Yessenia, Víctor|Victor, Jiménez|Jimenez|Gimenez, Guillermo|Gillermo, Rocío|Rocio|Rosio,"
        "Héctor|Hector|Ector, Verónica|Veronica|Beronica, Ángel|Angel, Luz Marina|Luzmarina, Sofía|Sofia|Sophia",
        "González|Gonzalez|Gonzales, Hernández|Hernandez|Ernandez, Rodríguez|Rodriguez|Rodrigues, Muñoz|Munoz|Muños, Quispe|Kispe,"
        "Chávez|Chavez|Chaves, Gutiérrez|Gutierrez|Gutieres, Ramírez|Ramirez|Ramires, Zambrano|Sambrano, Valdez|Baldez|Valdes, Peña|Pena, Castillo|Castilo",
    ),
    "bn": (
        "রহিম|Rahim|Raheem, করিম|Karim|Kareem, ফাতেমা|Fatema|Fatima, নাসির|Nasir|Naseer, সালমা|Salma|Solma, আব্দুল হাই|Abdul Hai|Abdul Hay,"
        "রাজিয়া|Razia|Rajia, হাসিনা|Hasina|Hasena, মোহাম্মদ|Mohammad|Mohammed|Muhammad, জাহাঙ্গীর|Jahangir|Jahangeer, শাহিদা|Shahida|Sahida, তাহমিনা|Tahmina|Tahmena",
        "উদ্দিন|Uddin|Udden, হোসেন|Hossain|Hossen|Hussain, বেগম|Begum|Begom, চৌধুরী|Chowdhury|Choudhury|Chaudhury, রহমান|Rahman|Rohman,"
        "আক্তার|Akter|Aktar|Akhter, খাতুন|Khatun|Khatoon, ইসলাম|Islam|Eslam, আলম|Alam|Alom, মিয়া|Mia|Miah, সরকার|Sarkar|Sarker, শেখ|Sheikh|Shaikh",
    ),
    "vi": (
        "Văn Đức|Van Duc, Thị Hương|Thi Huong, Minh Tuấn|Minh Tuan, Ngọc Ánh|Ngoc Anh, Quốc Bảo|Quoc Bao, Thanh Thảo|Thanh Thao,"
        "Xuân Phúc|Xuan Phuc, Hữu Nghĩa|Huu Nghia, Kim Liên|Kim Lien, Đình Khôi|Dinh Khoi, Bích Ngân|Bich Ngan, Gia Huy|Gia Huy",
        "Nguyễn|Nguyen, Trần|Tran, Phạm|Pham, Huỳnh|Huynh|Hoynh, Võ|Vo, Đặng|Dang, Bùi|Bui, Đỗ|Do, Hồ|Ho, Dương|Duong, Lý|Ly, Vũ|Vu",
    ),
    "ka": (
        "გიორგი|Giorgi|Georgi, ნინო|Nino, დავით|Davit|David, თამარ|Tamar|Thamar, ლევან|Levan|Lewan, მარიამ|Mariam|Maryam, ზურაბ|Zurab|Surab,"
        "ქეთევან|Ketevan|Khetevan|Qetevan, ვახტანგ|Vakhtang|Wachtang|Vaxtang, სოფიო|Sopio|Sofio, ირაკლი|Irakli|Irakly, მანანა|Manana",
        "ქავთარაძე|Kavtaradze|Khavtaradze, ბერიძე|Beridze|Beridse, კაპანაძე|Kapanadze|Kapanadse, გელაშვილი|Gelashvili|Gelaschwili,"
        "მაისურაძე|Maisuradze, ლომიძე|Lomidze, წიკლაური|Tsiklauri|Ziklauri, ხარაიშვილი|Kharaishvili|Xaraishvili, ჯაფარიძე|Japaridze|Djaparidze,"
        "შენგელია|Shengelia|Schengelia, ბოლქვაძე|Bolkvadze|Bolqvadze, თოდუა|Todua|Thodua",
    ),
    "ps": (
        "ګل محمد|Gul Mohammad|Gul Muhammad|Gulmohammad, ټورپېکۍ|Torpekai|Torpekay, اسدالله|Asadullah|Assadullah, زرغونه|Zarghuna|Zarghoona,"
        "حميد|Hamid|Hameed, پښتنه|Pashtana|Pakhtana, وحيد|Wahid|Waheed, ګلالۍ|Gulalai|Gulalay, نجيب|Najib|Najeeb, شاه پيري|Shah Pairi|Shahpairi, رحمت|Rahmat|Rehmat, ملالۍ|Malalai|Malalay",
        "خټک|Khattak|Khatak, اپريدى|Afridi|Apridi, ستانکزی|Stanikzai|Stanekzai, يوسفزی|Yousafzai|Yusufzai, مومند|Momand|Mohmand,"
        "اڅکزی|Achakzai|Achekzai, نورزی|Noorzai|Nurzai, بارکزی|Barakzai|Barekzai, وردګ|Wardak|Wardag, ځاځی|Zazai|Jaji, احمدزی|Ahmadzai|Ahmadzay, ساپی|Safi|Sapi",
    ),
}


@dataclass(frozen=True)
class Person:
    number: int  # the same person has the same
    name: str
    language: str


def entries(language: str, part: int) -> list[list[str]]:
    return [
        [spelling.strip() for spelling in entry.split("|")]
        for entry in NAMES[language][part].split(",")
        if entry
    ]


def labelled(seed: int = 1, of_each: int = 55) -> list[Person]:
    """Distinct people, a third of whom stand on the list a second time as another hand would write them."""
    dice = random.Random(seed)
    return [one for language in NAMES for one in _of_language(dice, language, of_each)]


def _of_language(dice: random.Random, language: str, many: int) -> Iterator[Person]:
    family = entries(language, FAMILY)
    for place, (one, middle, other) in enumerate(_told_apart(dice, entries(language, GIVEN), family, many)):
        number = list(NAMES).index(language) * 1000 + place
        yield Person(number, _written(dice, one, middle, other), language)
        if place % 3 == 0:
            yield Person(number, _again(dice, one, middle, other), language)


def _told_apart(
    dice: random.Random, given: list[list[str]], family: list[list[str]], many: int
) -> list[tuple[list[str], list[str] | None, list[str]]]:
    """No two have two words in common: with one left out, no human could say that they are not one person."""
    found: list[tuple[list[str], list[str] | None, list[str]]] = []
    taken: list[set[str]] = []
    while len(found) < many:
        one, middle = dice.sample(given, 2)
        row = (one, middle if dice.random() < 0.3 else None, dice.choice(family))
        words = {part[0] for part in row if part}
        if all(len(words & other) < 2 for other in taken):
            taken.append(words)
            found.append(row)
    return found


def _written(dice: random.Random, given: list[str], middle: list[str] | None, family: list[str]) -> str:
    """One hand writes in one script: all words in the person's own, or all in Latin letters."""
    parts = [part for part in (given, middle, family) if part]
    own = dice.random() < 0.4
    return " ".join(part[0] if own else dice.choice(part[1:] or part) for part in parts)


def _again(dice: random.Random, given: list[str], middle: list[str] | None, family: list[str]) -> str:
    name = _written(dice, given, middle if dice.random() < 0.6 else None, family)
    habit = dice.random()
    if habit < 0.15:
        first, *rest = name.split()
        return " ".join([*rest, first])
    if habit < 0.25:
        return name.upper()
    if habit < 0.4:
        return _slip(dice, name)
    return name


def _slip(dice: random.Random, name: str) -> str:
    """A finger on the wrong key: two letters change places, one is doubled, or one is left out."""
    places = [at for at in range(1, len(name) - 1) if name[at - 1 : at + 2].isalpha()]
    if not places:
        return name
    place = dice.choice(places)
    kinds = (
        name[:place] + name[place + 1] + name[place] + name[place + 2 :],
        name[:place] + name[place] + name[place:],
        name[:place] + name[place + 1 :],
    )
    return dice.choice(kinds)
