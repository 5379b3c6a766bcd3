// Words come from the server, in the language of the page.
const source = document.getElementById("desk-words");
export const words = source ? JSON.parse(source.textContent) : {};

export const fill = (pattern, values) => pattern.replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");

export const digits = (value) =>
  words.digits ? String(value).replace(/\d/g, (sign) => words.digits[sign]) : String(value);

export const clockTime = (date = new Date()) =>
  digits(`${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`);
