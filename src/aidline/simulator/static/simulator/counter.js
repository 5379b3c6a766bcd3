// How full a text message is, and the keys of an old phone. Sizes: 3GPP TS 23.038 and 23.040.

const GSM = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€]*$/;
const TWICE = /[\^{}\\[~\]|€]/g;

function count(text) {
  const gsm = GSM.test(text);
  const used = text.length + (gsm ? (text.match(TWICE) || []).length : 0);
  const [single, part] = gsm ? [160, 153] : [70, 67];
  return [used, used <= single ? single : Math.ceil(used / part) * part];
}

for (const field of document.querySelectorAll("[data-counted]")) {
  const place = document.getElementById(field.dataset.counted);
  const show = () => {
    const [used, limit] = count(field.value);
    place.textContent = place.dataset.words.replace("%used", used).replace("%limit", limit);
  };
  field.form.addEventListener("input", show);
  show();
}

for (const keys of document.querySelectorAll("[data-keys]")) {
  const field = document.getElementById(keys.dataset.keys);
  keys.hidden = false;
  keys.addEventListener("click", (event) => {
    if (!event.target.value) return;
    field.value += event.target.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
