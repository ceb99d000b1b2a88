// Says that something is on its way when an answer takes longer than a moment; without it the browser's own sign does.
"use strict";

(() => {
  const MOMENT = 600; // milliseconds
  const sign = document.getElementById("sending");
  let timer = 0;
  const begin = () => { clearTimeout(timer); timer = setTimeout(() => { sign.hidden = false; }, MOMENT); };
  const end = () => { clearTimeout(timer); sign.hidden = true; };
  document.addEventListener("submit", (event) => { if (!event.defaultPrevented) begin(); });
  document.addEventListener("htmx:before:request", begin);
  document.addEventListener("htmx:finally:request", end);
  window.addEventListener("pageshow", end); // also when one comes back to a page that was kept
})();
