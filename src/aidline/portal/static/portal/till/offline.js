// What this till may take without a network: what is kept for it, and, within limits, what a signed token says.
// A hold is certain. A token is a risk that the programme bears, so it is small and counted.
import { signed } from "./record.js";
import { canRead, fromBase64 } from "./signing.js";
import { alone, change, fact, holds, queued } from "./store.js";
import { isToken, read } from "./token.js";

const HOUR = 3_600_000;

export class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

const unless = (good, code) => {
  if (!good) throw new Refused(code);
};

// What may be taken of this voucher, as { serial, most, currency, hold }.
export async function look(text) {
  const device = await fact("device");
  unless(device, "not_paired");
  const limits = await fact("limits");
  unless(limits, "too_long");
  const held = await heldFor(text, limits);
  return held ?? (await believed(text, limits));
}

// `key` names the act: taken again with the same key it is taken once.
export function take(text, cents, key) {
  return alone(async () => {
    const before = (await queued()).find((record) => record.key === key);
    if (before) return before;
    const seen = await look(text);
    unless(cents, "bad_amount");
    unless(cents <= seen.most, seen.hold ? "too_little" : "too_much");
    return note(seen, cents, key);
  });
}

async function note(seen, cents, key) {
  const chain = (await fact("chain")) ?? { counter: 0, prev: "" };
  const use = { at: new Date().toISOString(), cents, hold: seen.hold?.id ?? null, key, serial: seen.serial };
  const record = await signed(await fact("device"), chain, use);
  const used = { ...(await fact("used")), ...(seen.hold ? {} : { [seen.serial]: seen.until }) };
  await change(({ facts, queue, holds: kept }) => {
    queue.add({ ...record, currency: seen.currency });
    facts.put({ counter: record.counter, prev: record.digest }, "chain");
    facts.put(used, "used");
    if (seen.hold) kept.put({ ...seen.hold, left: seen.hold.left - cents });
  });
  return record;
}

// --- what is kept for this till --------------------------------------------------------------------------

async function holdOf(text, limits) {
  const token = isToken(text) ? await tokenIn(text, limits) : null;
  const wanted = token ? token.serial : await serialOf(text);
  return (await holds()).find((one) => one.serial === wanted);
}

// With a network the person has all of the voucher, so this till gives back what it held of it: it says so when it
// asks, and forgets the hold once there is an answer. Not while a use of it waits here.
export async function toRelease(text) {
  const limits = await fact("limits");
  const hold = limits && (await holdOf(text, limits));
  const waits = hold && (await queued()).some((record) => record.hold === hold.id);
  return hold && !waits ? hold : null;
}

export const forget = (hold) => change(({ holds: kept }) => kept.delete(hold.serial));

async function heldFor(text, limits) {
  const hold = await holdOf(text, limits);
  if (!hold || hold.until < Date.now()) return null;
  unless(hold.left > 0, "empty");
  return { serial: hold.serial, most: hold.left, currency: hold.currency, hold };
}

// A typed code is known by a hash of it, and only where something is kept for it.
async function serialOf(text) {
  const code = text.toUpperCase().replace(/[^0-9A-Z]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code));
  const hash = [...new Uint8Array(bytes)].map((one) => one.toString(16).padStart(2, "0")).join("");
  return (await holds()).find((one) => one.code === hash)?.serial;
}

// --- what a token says -----------------------------------------------------------------------------------

async function tokenIn(text, limits) {
  const keys = Object.fromEntries(limits.keys.map((key) => [key.number, fromBase64(key.public)]));
  return read(text, keys);
}

async function believed(text, limits) {
  unless(isToken(text), "scan_it");
  unless(await canRead(), "cannot_tell");
  const token = await tokenIn(text, limits);
  unless(token, "forged");
  const programme = limits.programmes.find((one) => one.short === token.programme);
  unless(programme, "not_here");
  unless(token.from <= Date.now(), "not_yet");
  unless(token.until > Date.now(), "expired");
  unless(!limits.revoked.includes(token.serial), "blocked");
  await withinLimits(token, programme);
  const most = Math.min(programme.use_cents, programme.voucher_cents, token.cents, await roomLeft(programme));
  unless(most > 0, "till_full");
  return { serial: token.serial, most, currency: programme.currency, hold: null, until: token.until };
}

async function withinLimits(token, programme) {
  const synced = (await fact("synced")) ?? 0;
  unless(Date.now() - synced < programme.hours * HOUR, "too_long");
  unless((await queued()).length < programme.records, "till_full");
  unless(!((await fact("used")) ?? {})[token.serial], "used_here");
}

async function roomLeft(programme) {
  const taken = (await queued()).filter((record) => !record.hold);
  return programme.device_cents - taken.reduce((sum, record) => sum + record.cents, 0);
}
