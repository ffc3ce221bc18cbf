// The kiosk answers from its outbox at once: a response is written there first, then sent until it is acknowledged,
// under one event_id, so that a lost connection neither loses it nor counts it twice.
"use strict";

const PREFIX = "puas.outbox.";
const THANKS_MS = 2500;
const CHOOSE_AGAIN_MS = 45000;
const RETRY_MS = { first: 1000, longest: 60000 };

const page = JSON.parse(document.getElementById("touchpoint").textContent);
const steps = Object.fromEntries([...document.querySelectorAll("[data-step]")].map((el) => [el.dataset.step, el]));
const pending = document.getElementById("pending");

function uuid7() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let ms = Date.now();
  for (let i = 5; i >= 0; i -= 1) { bytes[i] = ms % 256; ms = Math.floor(ms / 256); }
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// What localStorage does not take (it is full, or the browser forbids it) is kept as long as the page is open.
const memory = new Map();
function stored(use, otherwise) {
  try { return use(localStorage); } catch { return otherwise(); }
}

// One key per response: two tabs on one device never overwrite each other's.
const outbox = {
  keys: () => [...new Set([...stored(Object.keys, () => []), ...memory.keys()])].filter((key) => key.startsWith(PREFIX)).sort(),
  put: (feedback) => {
    const [key, text] = [PREFIX + feedback.event_id, JSON.stringify(feedback)];
    memory.delete(key);
    stored((storage) => storage.setItem(key, text), () => memory.set(key, text));
  },
  get: (key) => JSON.parse(memory.get(key) ?? stored((storage) => storage.getItem(key), () => null)),
  drop: (key) => {
    memory.delete(key);
    stored((storage) => storage.removeItem(key), () => {});
  },
};

function showPending() {
  const count = outbox.keys().length;
  pending.textContent = count ? page.texts.pending.replace("{count}", count) : "";
}

async function deliver(feedback) {
  const answer = await fetch("/v1/feedback", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept": "application/json" },
    body: JSON.stringify(feedback),
    signal: AbortSignal.timeout(15000),
  });
  if (answer.status === 202) return "done";
  if (answer.status === 422 && feedback.occurred_at) {
    const { errors = [] } = await answer.json();
    if (errors.some((error) => error.field === "occurred_at")) return "wrong-clock";
  }
  if (answer.status >= 400 && answer.status < 500 && ![408, 425, 429].includes(answer.status)) return "refused";
  throw new Error(`answered ${answer.status}`);
}

let wait = RETRY_MS.first;
let sending = false;
async function send() {
  if (sending) return;
  sending = true;
  try {
    for (let [key] = outbox.keys(); key; [key] = outbox.keys()) {
      const feedback = outbox.get(key);
      const outcome = await deliver(feedback);
      if (outcome === "wrong-clock") {
        // A dead clock battery must not cost a visitor's voice: the time of receipt is then used.
        delete feedback.occurred_at;
        outbox.put(feedback);
        continue;
      }
      // What the intake will never take (its touchpoint was retired, say) must not block the rest; it stays readable.
      if (outcome === "refused") {
        stored((storage) => storage.setItem(`puas.refused.${feedback.event_id}`, JSON.stringify(feedback)), () => {});
      }
      outbox.drop(key);
      showPending();
      wait = RETRY_MS.first;
    }
  } catch {
    setTimeout(send, wait);
    wait = Math.min(wait * 2, RETRY_MS.longest);
  } finally {
    sending = false;
    showPending();
  }
}

let service = null;
let shown = 0;
let timer = null;
function show(step) {
  for (const [name, element] of Object.entries(steps)) element.hidden = name !== step;
  shown = performance.now();
  clearTimeout(timer);
  const first = page.services.length > 1 ? "service" : "answer";
  if (step === "thanks") timer = setTimeout(() => show(first), THANKS_MS);
  else if (step === "answer" && first === "service") timer = setTimeout(() => show(first), CHOOSE_AGAIN_MS);
}

function localTime() {
  const now = new Date();
  const away = -now.getTimezoneOffset();
  const pad = (n) => String(Math.floor(Math.abs(n))).padStart(2, "0");
  const local = new Date(now.getTime() + away * 60000).toISOString().slice(0, -1);
  return `${local}${away < 0 ? "-" : "+"}${pad(away / 60)}:${pad(away % 60)}`;
}

function choose(chosen) {
  service = chosen;
  document.getElementById("about").textContent = service.name;
  show("answer");
  steps.answer.querySelector("button").focus({ preventScroll: true });
}

function answer(value) {
  outbox.put({
    event_id: uuid7(),
    unit: page.unit,
    service: service.id,
    touchpoint: page.id,
    channel: page.channel,
    instrument: page.instrument,
    answers: { [page.question]: value },
    language: document.documentElement.lang,
    duration_ms: Math.round(performance.now() - shown),
    occurred_at: localTime(),
  });
  show("thanks");
  showPending();
  send();
}

for (const button of document.querySelectorAll("[data-service]")) {
  button.addEventListener("click", () => choose(page.services.find((one) => one.id === button.dataset.service)));
}
for (const button of document.querySelectorAll("[data-answer]")) {
  button.addEventListener("click", () => answer(Number(button.dataset.answer)));
}
document.getElementById("back")?.addEventListener("click", () => show("service"));
window.addEventListener("online", send);
if (page.services.length === 1) choose(page.services[0]);
else show("service");
send();
