// How many SMS a text is, counted while it is written; the server counts the same way (kernel/text.py).
const GSM =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED = "\f^{}\\[~]|€";
const digits = new Intl.NumberFormat(document.documentElement.lang, { useGrouping: false });

const width = (sign, gsm) => (gsm ? (EXTENDED.includes(sign) ? 2 : 1) : sign.length);

export function parts(text) {
  const signs = [...text];
  const gsm = signs.every((sign) => GSM.includes(sign) || EXTENDED.includes(sign));
  const [single, part] = gsm ? [160, 153] : [70, 67];
  const widths = signs.map((sign) => width(sign, gsm));
  if (widths.reduce((sum, one) => sum + one, 0) <= single) return signs.length ? 1 : 0;
  let [count, filled] = [1, 0];
  for (const one of widths) {
    if (filled + one > part) [count, filled] = [count + 1, 0];
    filled += one;
  }
  return count;
}

for (const place of document.querySelectorAll("[data-count]")) {
  const fields = place.dataset.count.split(" ").map((id) => document.getElementById(id));
  const show = () => {
    const text = fields.map((field) => field.value).join("\n").trim();
    place.textContent = place.dataset.words.replace("#", digits.format(parts(text)));
  };
  fields.forEach((field) => field.addEventListener("input", show));
}
