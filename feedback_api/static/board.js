// Keeps the board current: fetches the same figures again and swaps them in, without moving the reader's place.
"use strict";

const EVERY_MS = 2000;
const figures = document.getElementById("figures");
const fresh = document.getElementById("fresh");

function showTime() {
  fresh.textContent = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "medium" }).format(new Date());
}

async function refresh() {
  try {
    const answer = await fetch(figures.dataset.source, { signal: AbortSignal.timeout(10000) });
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    const text = await answer.text();
    const focused = document.activeElement?.id;
    if (text !== figures.innerHTML) figures.innerHTML = text;
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    showTime();
    fresh.parentElement.classList.remove("stale");
  } catch {
    fresh.parentElement.classList.add("stale");
  }
  setTimeout(refresh, document.hidden ? EVERY_MS * 10 : EVERY_MS);
}
showTime();
setTimeout(refresh, EVERY_MS);
