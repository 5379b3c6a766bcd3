// Words come from the server, in the language of the page.
const source = document.getElementById("desk-words");
export const words = source ? JSON.parse(source.textContent) : {};

export const fill = (pattern, values) => pattern.replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");

export const digits = (value) =>
  words.digits ? String(value).replace(/\d/g, (sign) => words.digits[sign]) : String(value);

// By the clock of the centre, not of this device.
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: words.zone });
export const clockTime = (date = new Date()) => digits(clock.format(date));
