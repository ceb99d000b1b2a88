// Audits the cases of the page one after another and says how far it is. Without this each case has its own button.
"use strict";

(() => {
  const all = document.getElementById("verify-all");
  if (!all) return;
  const start = document.getElementById("verify-start");
  const progress = document.getElementById("verify-progress");
  const status = document.getElementById("verify-status");
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  all.hidden = false;

  async function verdict(path) {
    const answer = await fetch(`${path}/verify`, {
      method: "POST",
      headers: { Accept: "text/html" },
      body: new URLSearchParams({ _csrf: all.dataset.csrf }),
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("verdict");
    if (!answer.ok || !page) return "open";
    if (page.classList.contains("verdict-agrees")) return "agrees";
    return page.classList.contains("verdict-differs") ? "differs" : "open";
  }

  start.addEventListener("click", async () => {
    start.disabled = true;
    const cases = [...document.querySelectorAll("[data-case]")];
    const counts = { agrees: 0, differs: 0, open: 0 };
    for (const [place, item] of cases.entries()) {
      status.textContent = filled(all.dataset.running, { place: place + 1, total: cases.length });
      let outcome = "open";
      try {
        outcome = await verdict(item.dataset.case);
      } catch {
        outcome = "open";
      }
      counts[outcome] += 1;
      const said = item.querySelector(".verify-outcome");
      said.className = `verify-outcome ${outcome}`;
      said.textContent = said.dataset[outcome];
      progress.value = place + 1;
    }
    status.textContent = filled(all.dataset.done, { total: cases.length, agree: counts.agrees, differ: counts.differs, open: counts.open });
    start.disabled = false;
  });
})();
