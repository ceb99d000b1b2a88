// The registration by keyboard: what may be the same is shown while one types, Enter goes on, Ctrl+Enter sends.
// Without it the same is asked once after sending.
"use strict";

(() => {
  const form = document.querySelector(".register-form");
  if (!form) return;
  const named = (name) => form.elements.namedItem(name);
  const shown = document.getElementById("alike");
  const send = form.querySelector(".actions button");
  const composes = (event) => event.isComposing || event.keyCode === 229;

  // Who types sees the likely duplicates while typing, and is not asked again.
  named("_looked").value = "1";
  const WATCHED = ["title", "topic", "sources[0].url"];
  let asked = null;
  let timer = 0;

  async function look() {
    asked?.abort();
    asked = new AbortController();
    const typed = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") typed.append(name, value);
    try {
      const answer = await fetch("/register/similar", { method: "POST", body: typed, signal: asked.signal, headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return; // the sending itself will say what is wrong
      const text = await answer.text();
      if (shown.dataset.text !== text) { shown.innerHTML = text; shown.dataset.text = text; label(); }
    } catch { /* typed on meanwhile, or the server is away: registering does not depend on it */ }
  }

  function soon(event) {
    if (!WATCHED.includes(event.target.name) || composes(event)) return;
    clearTimeout(timer);
    timer = setTimeout(look, 350);
  }
  form.addEventListener("input", soon);
  form.addEventListener("compositionend", soon);

  function label() {
    const joins = [...form.querySelectorAll("[name=_join]")].some((item) => item.checked && item.value);
    send.textContent = joins ? send.dataset.join : send.dataset.plain;
  }
  shown.addEventListener("change", label);
  label();

  // A few characters name a unit when no other has them; whoever typed sees the whole name then.
  const units = [...document.getElementById("units").options].map((option) => option.value);
  function complete(field) {
    if (field.getAttribute("list") !== "units" || !field.value.trim() || units.includes(field.value.trim())) return;
    const meant = units.filter((name) => name.includes(field.value.trim()));
    if (meant.length === 1) field.value = meant[0];
  }
  form.addEventListener("change", (event) => complete(event.target));

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || composes(event)) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      complete(event.target);
      form.requestSubmit(send);
    } else if (event.target.matches("input:not([type=file], [type=checkbox], [type=radio])")) {
      event.preventDefault(); // half a registration is not sent by a key that confirms a word
      const fields = [...form.querySelectorAll("input:not([type=hidden]), select, textarea, button")].filter((item) => item.offsetParent);
      fields[fields.indexOf(event.target) + 1]?.focus();
    }
  });

  // An item is taken to be posted when it was found, until somebody says otherwise.
  const found = named("discovered_at");
  const posted = named("sources[0].at");
  let before = found.value;
  found.addEventListener("input", () => {
    if (posted.value === before) posted.value = found.value;
    before = found.value;
  });
})();
