// Lists by keyboard: j and k go down and up, / goes to the search; without this Tab and Enter do all of it.
"use strict";

(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.checkVisibility());
  const way = (row) => row.querySelector("a[href]");
  const isTyping = (target) => target.closest("input, select, textarea, [contenteditable]") !== null;

  function move(step) {
    const all = rows();
    const here = all.findIndex((row) => row.contains(document.activeElement));
    const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step;
    way(all[Math.min(Math.max(next, 0), all.length - 1)] ?? document.body)?.focus();
  }

  function search() {
    const field = document.querySelector("main input[type='search']");
    if (field) field.focus();
    else location.assign("/#finder");
  }

  const deeds = { j: () => move(1), k: () => move(-1), "/": search };

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !(event.key in deeds)) return;
    event.preventDefault();
    deeds[event.key]();
  });
})();
