// Asking the server. Every answer is a sign of life; no answer is told to the person at the desk.
import { alive, trouble } from "./link.js";

const tags = new Map();
const MARK = { "HX-Request": "true" };

const token = () => document.querySelector("#act [name=csrfmiddlewaretoken], [name=csrfmiddlewaretoken]").value;

async function reach(url, options) {
  let response;
  try {
    response = await fetch(url, { credentials: "same-origin", ...options });
  } catch (problem) {
    trouble();
    throw problem;
  }
  if (response.status >= 502 && response.status <= 504) {
    trouble();
    throw new Error(String(response.status));
  }
  if (response.redirected && new URL(response.url).pathname.startsWith("/sign-in/")) location.reload();
  alive();
  return response;
}

// The text of a part, or null if it did not change since it was last fetched.
export async function part(url, { fresh = false } = {}) {
  const headers = { ...MARK };
  if (!fresh && tags.has(url)) headers["If-None-Match"] = tags.get(url);
  const response = await reach(url, { headers, cache: "no-store" });
  if (response.status === 304) return null;
  if (!response.ok) throw new Error(String(response.status));
  const tag = response.headers.get("ETag");
  if (tag) {
    if (tags.size > 60) tags.clear();
    tags.set(url, tag);
  }
  return response.text();
}

export function post(url, data, options = {}) {
  const body = data instanceof FormData ? data : new FormData();
  if (!(data instanceof FormData)) Object.entries(data).forEach(([name, value]) => body.append(name, value));
  if (!body.has("csrfmiddlewaretoken")) body.append("csrfmiddlewaretoken", token());
  return reach(url, { method: "POST", body, headers: MARK, ...options });
}

// For the moment a page goes away: nothing waits for the answer.
export function whisper(url, data) {
  const body = new FormData();
  Object.entries({ ...data, csrfmiddlewaretoken: token() }).forEach(([name, value]) => body.append(name, value));
  navigator.sendBeacon?.(url, body);
}
