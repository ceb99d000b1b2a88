// What is half filled in stays in this browser, by person and form, until it is sent or its writer signs out:
// nothing typed is lost when the session ends. Files and what pages keep for themselves are not kept.
// A page that was open when its writer signed out, in whichever tab, keeps nothing from then on.
"use strict";

(() => {
  const words = document.currentScript.dataset;
  const PREFIX = "huiying:";
  const KEPT = 12 * 3600 * 1000; // as long as a session lasts at most
  const SENT = `${PREFIX}sent`;
  const mine = `${PREFIX}${words.person}:`;
  const LEFT = `${mine}left`; // when this person last signed out
  const opened = Date.now();

  function all() {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  }

  function read(key) {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  }

  for (const key of all()) if (!(Date.now() - (read(key)?.at ?? 0) < KEPT)) localStorage.removeItem(key);
  const sent = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  const isDone = new URLSearchParams(location.search).has("done") || document.querySelector("[data-done]") !== null;
  if (sent && isDone) localStorage.removeItem(sent);

  for (const form of document.querySelectorAll("form[action$='/sign-out']")) {
    form.addEventListener("submit", () => {
      for (const key of all()) if (key.startsWith(mine)) localStorage.removeItem(key);
      localStorage.setItem(LEFT, JSON.stringify({ at: Date.now() }));
    });
  }

  const fields = (form) => [...form.elements].filter((item) => item.name && !item.name.startsWith("_")
    && item.matches("input:not([type=hidden], [type=file], [type=password], [autocomplete=one-time-code]), select, textarea"));
  const ticks = (item) => item.type === "checkbox" || item.type === "radio";
  const known = (item) => (ticks(item) ? `${item.name}=${item.value}` : item.name);
  const value = (item) => (ticks(item) ? item.checked : item.value);
  function initial(item) {
    if (ticks(item)) return item.defaultChecked;
    if (item.tagName !== "SELECT") return item.defaultValue;
    return [...item.options].find((option) => option.defaultSelected)?.value ?? item.options[0]?.value ?? "";
  }

  function keep(form) {
    const key = mine + (form.dataset.keep || form.getAttribute("action"));
    // A form that came back with what was typed holds that as its beginning.
    const answered = form.hasAttribute("data-answered") || document.getElementById("trouble") !== null;
    const old = answered ? null : read(key);
    if (old) restore(form, key, old);
    let timer = 0;
    const save = () => {
      if ((read(LEFT)?.at ?? 0) >= opened) return;
      const typed = fields(form).filter((item) => value(item) !== initial(item) || (answered && value(item)));
      if (!typed.length) return localStorage.removeItem(key);
      const held = Object.fromEntries(typed.map((item) => [known(item), value(item)]));
      try { localStorage.setItem(key, JSON.stringify({ at: Date.now(), held })); } catch { /* full: the form works without */ }
    };
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 300); });
    form.addEventListener("submit", () => { clearTimeout(timer); save(); sessionStorage.setItem(SENT, key); });
    addEventListener("pagehide", () => { if (timer) save(); });
    if (answered) save();
  }

  function restore(form, key, old) {
    let some = false;
    for (const item of fields(form)) {
      const held = old.held[known(item)];
      if (held === undefined || held === value(item)) continue;
      if (ticks(item)) item.checked = held; else item.value = held;
      for (let fold = item.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
      some = true;
    }
    if (!some) return;
    const note = document.createElement("p");
    note.className = "notice";
    note.setAttribute("role", "status");
    const away = document.createElement("button");
    away.type = "button";
    away.className = "button-plain";
    away.textContent = words.discard;
    away.addEventListener("click", () => { localStorage.removeItem(key); location.reload(); });
    note.append(`${words.restored} `, away);
    form.before(note);
    form.dispatchEvent(new Event("restored"));
  }

  for (const form of document.querySelectorAll("form.step-form:not([enctype]):not([data-working]), form[data-keep]")) keep(form);
})();
