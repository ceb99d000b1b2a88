// A longer text is kept on the server as it is typed, for all of its unit; the server says who went on with it meanwhile,
// and who else has it open. Files are not kept, and nothing is from the moment at which the form is sent.
// Without this the form is sent as it is.
"use strict";

(() => {
  const PAUSE = 1500; // milliseconds after the last key
  const AGAIN = 15000; // where the server did not answer
  const OPEN = 30000; // between two words that the form is open
  const IDLE = 600000; // without a key or a touch nobody is writing
  const form = document.querySelector("form[data-working]");
  if (!form) return;
  document.documentElement.classList.add("has-script");
  const line = form.querySelector("[data-kept]");
  const others = document.querySelector("[data-others]");
  const versions = form.querySelector("[data-versions]");
  const version = form.querySelector("[name=_version]");
  let timer = 0;
  let underWay = null;
  let isOver = false;
  let isChanged = false;
  let wasTyped = false;
  let isBeside = false; // somebody else went on: what is typed here is kept beside
  let lastTouch = Date.now();

  function soon(pause) {
    clearTimeout(timer);
    if (!isOver) timer = setTimeout(save, pause);
  }

  async function save() {
    if (isOver || underWay) return;
    const content = new FormData(form);
    for (const name of ["_files", "_kept", "_check"]) content.delete(name);
    content.set("_save", "1");
    isChanged = false;
    underWay = new AbortController();
    try {
      const answer = await fetch(form.action, { method: "POST", body: content, headers: { Accept: "application/json" }, redirect: "error", signal: underWay.signal });
      const { words, version: standing } = await answer.json();
      if (answer.ok) version.value = standing;
      const isTooLong = answer.status === 413; // until it is shortened
      isBeside = answer.status === 409;
      if (answer.status === 410) isOver = true;
      if (isBeside) versions.hidden = false;
      const isAnswered = answer.ok || isBeside || isOver || isTooLong;
      line.textContent = isAnswered ? words : form.dataset.failed;
      line.classList.toggle("fault", !answer.ok);
      if (!isAnswered) soon(AGAIN);
    } catch {
      if (isOver) return;
      line.textContent = form.dataset.failed;
      line.classList.add("fault");
      soon(AGAIN);
    } finally {
      underWay = null;
    }
    if (isChanged) soon(PAUSE);
  }

  function told(name) {
    const content = new FormData();
    content.set("_csrf", form.querySelector("[name=_csrf]").value);
    content.set(name, "1");
    return content;
  }

  async function stillOpen() {
    if (isOver || document.hidden || Date.now() - lastTouch > IDLE) return;
    try {
      const answer = await fetch(form.action, { method: "POST", body: told("_open"), headers: { Accept: "application/json" }, redirect: "error" });
      if (!answer.ok || isOver) return;
      const { words, left, version: standing } = await answer.json();
      const isNewer = Boolean(left) && String(standing) !== version.value;
      others.textContent = isNewer && !wasTyped ? `${words}${left}` : words;
      others.hidden = !others.textContent;
    } catch {
      // the next word says it
    }
  }

  form.addEventListener("input", () => {
    isChanged = true;
    wasTyped = true;
    lastTouch = Date.now();
    soon(PAUSE);
  });
  for (const name of ["pointerdown", "keydown"]) {
    addEventListener(name, () => { lastTouch = Date.now(); }, { passive: true });
  }
  form.addEventListener("submit", () => {
    isOver = true;
    clearTimeout(timer);
    underWay?.abort();
  });
  addEventListener("pagehide", () => {
    if (!isOver) navigator.sendBeacon(form.action, told("_left"));
  });
  setInterval(stillOpen, OPEN);
  stillOpen();
})();
