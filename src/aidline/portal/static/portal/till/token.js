// The signed token of a square code, read without a network. The layout is that of vouchers/codes/token.py:
// version 1, number of the key 2, programme 6, serial 10, cents 4, from 4, until 4, then 64 bytes of signature.
import { isOfCentre, toHex } from "./signing.js";

const LENGTH = 143;
const BODY = 31;
const SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

export const isToken = (text) => text.trim().length === LENGTH;

// `keys` by number. Null for what none of them signed.
export async function read(text, keys) {
  const raw = fromBase45(text.trim().toUpperCase());
  if (raw?.length !== BODY + 64 || raw[0] !== 1) return null;
  const token = taken(raw);
  const key = keys[token.number];
  return key && (await isOfCentre(key, raw.slice(BODY), raw.slice(0, BODY))) ? token : null;
}

function taken(raw) {
  const view = new DataView(raw.buffer);
  return {
    number: view.getUint16(1),
    programme: toHex(raw.slice(3, 9)),
    serial: toHex(raw.slice(9, 19)),
    cents: view.getUint32(19),
    from: view.getUint32(23) * 1000,
    until: view.getUint32(27) * 1000,
  };
}

function fromBase45(text) {
  const bytes = [];
  for (let at = 0; at < text.length; at += 3) {
    const values = [...text.slice(at, at + 3)].map((sign) => SIGNS.indexOf(sign));
    const number = values.reduceRight((sum, value) => sum * 45 + value, 0);
    if (values.includes(-1) || values.length === 1 || number >= 256 ** (values.length - 1)) return null;
    if (values.length === 3) bytes.push(number >> 8);
    bytes.push(number & 255);
  }
  return new Uint8Array(bytes);
}
