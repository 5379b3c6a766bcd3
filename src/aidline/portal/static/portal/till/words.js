// Words come from the server, in the language of the page; money is written as that language does.
const source = document.getElementById("till-words");
const words = source ? JSON.parse(source.textContent) : {};
const language = document.documentElement.lang;

export const told = (code) => words[code] ?? words.broken;

export function money(cents, currency) {
  const written = new Intl.NumberFormat(`${language}-u-nu-latn`, { style: "currency", currency });
  return written.format(cents / 100);
}

export const fill = (element, value) => {
  element.textContent = (element.dataset.words ?? element.dataset.number ?? "#").replace("#", value);
};

// The cents that were meant, or null; the server reads an amount the same way (kernel/money.py).
export function cents(text) {
  const found = /^(\d{1,7})(?:[.,](\d{1,2}))?$/.exec(western(text).trim());
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "0").padEnd(2, "0")) : null;
}

// Digits as Arabic, Persian and Devanagari keyboards type them.
const ZEROS = [0x660, 0x6f0, 0x966];

function western(text) {
  return [...text.replace("\u066b", ".")].map(digit).join("");
}

function digit(sign) {
  const code = sign.codePointAt(0);
  const zero = ZEROS.find((first) => code >= first && code < first + 10);
  return zero === undefined ? sign : String(code - zero);
}
