// Plays a case: a slider over its stops, keys, and play at a speed. Without this the links of each stop do the same.
"use strict";

(() => {
  const player = document.getElementById("player");
  const range = document.getElementById("player-range");
  const play = document.getElementById("player-play");
  const speed = document.getElementById("player-speed");
  const path = location.pathname;
  const total = Number(player.dataset.total);
  const here = () => Number(document.getElementById("stop").dataset.position);
  let wanted = here();
  let loading = false;
  let timer = 0;

  player.hidden = false;

  async function show(position) {
    wanted = Math.min(Math.max(position, 1), total);
    range.value = String(wanted);
    if (loading) return;
    loading = true;
    try {
      while (wanted !== here() || location.search.includes("at=")) {
        const address = `${path}?step=${wanted}`;
        const answer = await fetch(address, { headers: { Accept: "text/html" }, cache: "no-store" });
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        const stop = fresh.getElementById("stop");
        if (!answer.ok || !stop) throw new Error(String(answer.status));
        replace(stop, fresh);
        history.replaceState(null, "", address);
        document.getElementById("lost").hidden = true;
      }
    } catch {
      document.getElementById("lost").hidden = false;
      pause();
    } finally {
      loading = false;
    }
  }

  // What the reader had opened stays open, and the keyboard stays on the link that was followed.
  function replace(stop, fresh) {
    const old = document.getElementById("stop");
    const focused = document.activeElement;
    const rel = old.contains(focused) ? focused.rel : "";
    for (const open of old.querySelectorAll("details[id][open]")) {
      stop.querySelector(`details[id="${CSS.escape(open.id)}"]`)?.setAttribute("open", "");
    }
    old.replaceWith(stop);
    document.querySelector("main").dataset.stands = fresh.querySelector("main").dataset.stands;
    document.title = fresh.title;
    document.querySelector(".colophon").replaceWith(fresh.querySelector(".colophon"));
    if (rel) stop.querySelector(`a[rel="${CSS.escape(rel)}"]`)?.focus({ preventScroll: true });
    const when = stop.querySelector("#h-stop");
    range.setAttribute("aria-valuetext", `${stop.querySelector(".stop-place").textContent} ${when.textContent}`.replace(/\s+/g, " ").trim());
  }

  function pause() {
    clearTimeout(timer);
    timer = 0;
    play.setAttribute("aria-pressed", "false");
    play.textContent = play.dataset.play;
  }

  async function next() {
    if (here() >= total) { pause(); return; }
    await show(here() + 1);
    if (timer) timer = setTimeout(next, Number(speed.value));
  }

  function start() {
    play.setAttribute("aria-pressed", "true");
    play.textContent = play.dataset.pause;
    timer = setTimeout(next, here() >= total ? 0 : Number(speed.value) / 2);
    if (here() >= total) show(1);
  }

  play.addEventListener("click", () => (timer ? pause() : start()));
  range.addEventListener("input", () => { pause(); show(Number(range.value)); });

  // Links from stop to stop need not fetch the frame anew.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("#stop a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const to = new URL(link.href);
    const step = to.searchParams.get("step");
    if (to.pathname !== path || !step) return;
    event.preventDefault();
    pause();
    show(Number(step));
  });

  document.addEventListener("keydown", (event) => {
    const item = event.target;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (item.matches?.("select, textarea, input:not([type=range])")) return;
    const to = { ArrowLeft: wanted - 1, ArrowRight: wanted + 1, Home: 1, End: total }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      pause();
      show(to);
    } else if (event.key === " " && !item.matches?.("a, button, summary")) {
      event.preventDefault();
      play.click();
    }
  });
})();
