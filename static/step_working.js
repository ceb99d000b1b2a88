// A longer text is kept on the server as it is typed, for all of its unit; the server says who went on with it meanwhile.
// Files are not kept, and nothing is from the moment at which the form is sent. Without it the form is sent as it is.
"use strict";

(() => {
  const PAUSE = 1500; // milliseconds after the last key
  const AGAIN = 15000; // where the server did not answer
  const form = document.querySelector("form[data-working]");
  if (!form) return;
  document.documentElement.classList.add("has-script");
  const line = form.querySelector("[data-kept]");
  const version = form.querySelector("[name=_version]");
  let timer = 0;
  let underWay = null;
  let isOver = false;
  let isChanged = false;

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
      if (answer.status === 409) isOver = true;
      line.textContent = answer.ok || isOver || isTooLong ? words : form.dataset.failed;
      line.classList.toggle("fault", !answer.ok);
      if (!answer.ok && !isTooLong) soon(AGAIN);
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

  form.addEventListener("input", () => { isChanged = true; soon(PAUSE); });
  form.addEventListener("submit", () => {
    isOver = true;
    clearTimeout(timer);
    underWay?.abort();
  });
})();
