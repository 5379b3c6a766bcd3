// One use that was taken without a network, as the server reads it (vouchers/redeeming/):
// the bytes of JSON with sorted keys and no spaces,
//   {"at":"2026-11-24T12:00:00.000Z","cents":1510,"counter":7,"device":"<uuid>","hold":"<uuid>" or null,
//    "key":"<uuid>","prev":"<hex SHA-256 of the body before, empty for the first>","serial":"<hex>"}
// and a signature of these bytes by the device's key. `key` is that of the amount that was typed: where the server
// took the same use while the network broke, it knows it again by its key.
import { digest, sign, toBase64 } from "./signing.js";

export async function signed(device, chain, use) {
  const record = { ...use, counter: chain.counter + 1, device: device.id, prev: chain.prev };
  const bytes = new TextEncoder().encode(canonical(record));
  const signature = await sign(device.key, bytes);
  return { ...record, body: toBase64(bytes), signature, digest: await digest(bytes) };
}

const canonical = (record) => JSON.stringify(record, Object.keys(record).sort());
