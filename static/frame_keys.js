// By keyboard: j and k go down and up a list, / goes to the search, a page's own before that of its head; without this Tab and Enter do all of it.
"use strict";

(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.checkVisibility());
  const way = (row) => row.querySelector("a[href]");
  const isTyping = (target) => target.closest("input, select, textarea, [contenteditable]") !== null;

  function move(step) {
    const all = rows();
    if (!all.length) return;
    const here = all.findIndex((row) => row.contains(document.activeElement));
    const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step;
    way(all[Math.min(Math.max(next, 0), all.length - 1)])?.focus();
  }

  function search() {
    const field = [...document.querySelectorAll("main input[type='search'], #find-all")].reverse().find((one) => one.checkVisibility());
    if (field) field.focus();
    else location.assign("/search");
  }

  const deeds = { j: () => move(1), k: () => move(-1), "/": search };

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !(event.key in deeds)) return;
    event.preventDefault();
    deeds[event.key]();
  });
})();
