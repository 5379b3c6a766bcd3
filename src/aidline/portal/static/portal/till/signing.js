// The device's own key. It is made here, never leaves, and cannot be read out, by us either.
// Ed25519; P-256 where a browser has nothing better. A signature is 64 bytes in both.
const ALGORITHMS = {
  ed25519: { make: { name: "Ed25519" }, sign: { name: "Ed25519" } },
  p256: { make: { name: "ECDSA", namedCurve: "P-256" }, sign: { name: "ECDSA", hash: "SHA-256" } },
};

export async function newKey() {
  try {
    return await makeKey("ed25519");
  } catch {
    return makeKey("p256");
  }
}

async function makeKey(algorithm) {
  const pair = await crypto.subtle.generateKey(ALGORITHMS[algorithm].make, false, ["sign", "verify"]);
  const open = await crypto.subtle.exportKey("raw", pair.publicKey);
  return { algorithm, secret: pair.privateKey, open: toBase64(new Uint8Array(open)) };
}

export async function sign(key, bytes) {
  const signature = await crypto.subtle.sign(ALGORITHMS[key.algorithm].sign, key.secret, bytes);
  return toBase64(new Uint8Array(signature));
}

// Of the centre: its tokens and lists are Ed25519 always. False where this browser cannot tell.
export async function isOfCentre(open, signature, bytes) {
  try {
    const key = await crypto.subtle.importKey("raw", open, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, key, signature, bytes);
  } catch {
    return false;
  }
}

// Whether this browser knows Ed25519 at all.
export async function canRead() {
  const made = crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
  return made.then(() => true, () => false);
}

export const digest = async (bytes) => toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
export const toHex = (bytes) => [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
export const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));
export const fromBase64 = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
