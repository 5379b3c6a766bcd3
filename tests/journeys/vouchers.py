"""Everybody who has to do with a voucher: the partner, the office, the person, the cashiers. A line of a story is a
call here."""

import csv
import io
import re
from dataclasses import dataclass, field
from itertools import count

import zxingcpp
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from journeys.desk import SOON, until
from journeys.house import House
from journeys.phones import Phone

CENTRE = "/c/port-merin/"
LIST_ROWS = 200
HEADINGS = ["Nom complet", "Téléphone", "Langue", "Ménage"]
BAD_PHONES = ["12345", "4.477E+11", "à demander", "+44 77", "0000000000"]
DOUBLES, EMPTY = 5, 4
_copies = count(1)


@dataclass(frozen=True)
class Listed:
    name: str
    phone: str
    language: str = "ar"


def a_list(*people: Listed) -> FilePayload:
    """Two hundred rows as a partner keeps them: numbers kept for fiction, and what goes wrong in such lists."""
    rows = [[one.name, one.phone, one.language, ""] for one in people]
    rows += [["", phone, "", ""] for phone in BAD_PHONES]
    rows += [["", "", "", ""] for _ in range(EMPTY)]
    fill = LIST_ROWS - len(rows) - DOUBLES
    numbers = [f"+33 6 39 98 {at // 100:02} {at % 100:02}" for at in range(fill)]
    rows += [["", phone, ("fr", "uk", "en")[at % 3], str(at % 9 or "")] for at, phone in enumerate(numbers)]
    rows += [["", phone.replace(" ", "-"), "", ""] for phone in numbers[:DOUBLES]]
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerows([HEADINGS, *rows])
    return FilePayload(name="école.csv", mimeType="text/csv", buffer=written.getvalue().encode("utf-8-sig"))


def number_of(phone: Phone) -> str:
    return re.sub(r"[^+\d]", "", phone.body.locator("p.meta .num").first.inner_text())


def codes_on(shown: Locator) -> set[str]:
    """What a scanner reads of what stands on a screen."""
    shown.scroll_into_view_if_needed()
    picture = Image.open(io.BytesIO(shown.screenshot())).convert("L")
    return {one.text for one in zxingcpp.read_barcodes(picture)}


def goes_wrong(page: Page, channel: str, fault: str) -> None:
    """What the next message of a channel meets."""
    page.goto("/phones/faults/")
    form = page.locator("form:has(input[type=number])")
    form.locator("select[name=channel]").select_option(label=channel)
    form.locator("select[name=fault]").select_option(fault)
    form.locator("button.primary").click()
    page.wait_for_load_state()


# --- the office ------------------------------------------------------------------------------------------


@dataclass
class Office:
    """A voucher officer, at one programme."""

    page: Page
    programme: str = ""
    name: str = ""
    payments: list[str] = field(default_factory=list)

    def go(self, place: str) -> Page:
        self.page.goto(CENTRE + place)
        return self.page

    def press(self, ending: str) -> None:
        """The button of the form that goes there."""
        self.page.locator(f"form[action$='{ending}'] button").first.click()
        self.page.wait_for_load_state()

    # --- the programme ---

    def copy_programme(self, budget: str = "1000") -> None:
        """All settings of the one that is there; people and money of its own."""
        self.name = f"Copy {next(_copies)}"
        self.go("programmes/").locator("main a", has_text="Food for families").first.click()
        self.page.get_by_label("Name of the copy").fill(self.name)
        self.press("/copy/")
        self.programme = self.page.url.rstrip("/").split("/")[-1]
        self.fund(budget)
        self._lift_quotas()
        self.go(f"programmes/{self.programme}/")
        self.press("/start/")

    def fund(self, amount: str) -> None:
        page = self.go(f"programmes/{self.programme}/money/")
        page.locator("form[action$='/budget/'] [name=cents]").fill(amount)
        self.press("/money/budget/")

    def _lift_quotas(self) -> None:
        page = self.go(f"programmes/{self.programme}/partners/")
        for quota in page.locator("input[name^=quota_]").all():
            quota.fill("0")
        page.locator("main form button.primary").click()
        page.wait_for_load_state()

    def free(self) -> str:
        page = self.go(f"books/{self.programme}/")
        return page.locator(".tile", has_text="Free").locator("b").inner_text()

    # --- people ---

    def invite(self, channel: str) -> None:
        page = self.go(f"walk-in/{self.programme}/invitations/")
        page.locator("[name=channel]").select_option(label=channel)
        page.locator("main form button.primary").click()
        page.wait_for_load_state()

    def register(self, name: str, phone: str, channel: str, language: str = "ar") -> None:
        """Somebody who stands at the desk."""
        page = self.go(f"walk-in/{self.programme}/")
        page.locator("[name=language]").select_option(language)
        page.locator("[name=name]").fill(name)
        page.locator("[name=phone]").fill(phone)
        page.locator("[name=channel]").select_option(label=channel)
        page.locator("[name=answer_household]").fill("3")
        page.locator("[name=consent]").check()
        page.get_by_role("button", name="Register", exact=True).click()
        expect(page.get_by_role("link", name="Register the next person")).to_be_visible()

    def people(self, status: str) -> Page:
        return self.go(f"people/?programme={self.programme}&status={status}")

    def accept(self) -> None:
        """Everybody who has registered: verified, then included."""
        self._all("re", "Verify")
        self._all("ve", "Include")

    def _all(self, status: str, act: str) -> None:
        """As soon as everybody was compared with all others."""
        do = self.page.locator("form[action$='/act/do/'] button")
        until(lambda: self._looks_at_all(status, act) and do.count() > 0)
        self.press("/act/do/")

    def _looks_at_all(self, status: str, act: str) -> bool:
        page = self.people(status)
        page.locator("select[name=act]").select_option(label=act)
        page.locator("button[name=all]").click()
        page.wait_for_url("**/act/")
        return True

    def change_number(self, phone: str) -> None:
        """Of the one who is included."""
        self.people("in").locator("main tbody a.num").first.click()
        self.page.locator("form[action$='/number/'] [name=phone]").fill(phone)
        self.press("/number/")

    @property
    def pairs(self) -> Locator:
        """Within this programme; who is in two programmes is another question."""
        return self.page.locator("main table tbody tr:not(:has(td bdi ~ bdi))")

    def open_pair(self) -> None:
        """As soon as one is found."""
        until(lambda: bool(self.go(f"people/twice/?programme={self.programme}") and self.pairs.count()))
        self.pairs.first.locator("form button").click()
        self.page.wait_for_load_state()

    # --- money ---

    def prepare(self) -> str:
        self.go("payments/")
        self.press(f"/payments/new/{self.programme}/")
        self.payments.append(self.page.url.rstrip("/").split("/")[-1])
        return self.payments[-1]

    def hand_in(self) -> None:
        self.press("/handing-in/")

    def at_payment(self) -> Page:
        return self.go(f"payments/{self.payments[-1]}/")

    def pay(self, approver: "Approver", total: str) -> None:
        """From nothing to vouchers."""
        self.prepare()
        self.hand_in()
        approver.approve(self.payments[-1], total)
        self.start()

    def start(self) -> None:
        self.at_payment()
        self.press("/start/")

    def cancel(self, reason: str) -> None:
        page = self.at_payment()
        page.locator("summary", has_text="Cancel the payment").click()
        page.locator("form[action$='/cancellation/'] [name=reason]").fill(reason)
        self.press("/cancellation/")

    def is_paid(self, people: int) -> None:
        issued = self.page.locator("#progress .tile", has_text="Issued").locator("b")
        expect(issued).to_have_text(str(people), timeout=SOON)

    # --- shops ---

    def shop(self, name: str) -> str:
        self.go("shops/").locator("main a", has_text=name).click()
        self.page.wait_for_load_state()
        return self.page.url

    def pair_code(self, shop: str) -> str:
        self.shop(shop)
        self.press("/pairing/")
        return self.page.locator("#once").input_value()

    def settle(self, shop: str) -> str:
        """What the shop is paid for this programme."""
        self.page.goto(self.shop(shop) + "settlements/")
        self.press(f"/settlements/new/{self.programme}/")
        return self.page.locator(".tile", has_text="To pay to the shop").locator("b").inner_text()


@dataclass
class Approver:
    page: Page

    def type_total(self, payment: str, total: str) -> None:
        self.page.goto(f"{CENTRE}payments/{payment}/")
        self.page.locator("[name=total]").fill(total)
        self.page.locator("form[action$='/approval/'] button.primary").click()
        self.page.wait_for_load_state()

    def approve(self, payment: str, total: str) -> None:
        self.type_total(payment, total)
        expect(self.page.locator("form[action$='/approval/']")).to_have_count(0)


def office(house: House) -> Office:
    found = Office(house.member("hanna"))
    found.copy_programme()
    return found


# --- the till --------------------------------------------------------------------------------------------


@dataclass
class Till:
    page: Page

    @classmethod
    def of(cls, house: House, who: str, name: str = "") -> "Till":
        till = cls(house.member(who, width=360))
        till.page.goto(CENTRE + "till/")
        choose = till.page.locator("main form button[name=till]", has_text=name or None)
        if name and choose.count():
            choose.click()
        expect(till.page.locator("#code")).to_be_visible()
        return till

    def check(self, code: str) -> None:
        self.page.goto(CENTRE + "till/")
        self.page.locator("#code").fill(code)
        self.page.locator("form[data-act=check] button.primary").click()

    def shows(self, left: str) -> None:
        expect(self.page.locator("#on-it")).to_have_text(left, timeout=SOON)

    def refuses(self, words: str) -> None:
        expect(self.page.locator("#refusal")).to_contain_text(words, timeout=SOON)

    def take(self, amount: str, told: str) -> None:
        for sign in amount:
            self.page.locator(f'[data-digit="{sign}"]').click()
        self.page.locator("#take").click()
        expect(self.page.get_by_text(told)).to_be_visible(timeout=SOON)

    def set_up(self, code: str) -> None:
        """To go on without a network."""
        page = self.page
        page.goto(CENTRE + "till/")
        page.locator("summary:visible").click()
        page.locator("a:visible", has_text="Without a network").click()
        page.locator("#code").fill(code)
        with page.expect_response("**/sync/") as answer:
            page.get_by_role("button", name="Set up").click()
        assert answer.value.status == 200
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        kept = "caches.open('till-page').then((kept) => kept.keys()).then((all) => all.length > 0)"
        until(lambda: bool(page.evaluate(kept)))
