// Words of the phone come from the server, in the language of the page.
import { digits, fill } from "../words.js";

const source = document.getElementById("phone-words");
export const words = source ? JSON.parse(source.textContent) : {};
export { digits, fill };

const two = (number) => String(number).padStart(2, "0");

// "2:14", "1:02:14"
export function span(milliseconds) {
  const whole = Math.max(Math.floor(milliseconds / 1000), 0);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return digits(hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`);
}
