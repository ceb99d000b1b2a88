// The wall screen follows its stream: the screen anew when it changes, page after page where not all fits, and how old it is.
// Without it the page shows what stood when it was opened.
"use strict";

(() => {
  const QUIET = 25000; // without a sign of life for so long, the server is lost (a sign comes every 10 seconds)
  const STALE = 30000; // so long after the record was last looked at, what is shown is called old
  const TURN = 12000; // a page stays for so long
  const AGAIN = 5000; // between tries to come back
  const find = (id) => document.getElementById(id);
  const main = find("main"), screen = find("wall-screen"), state = find("wall-state"), age = find("wall-age");
  const time = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", timeStyle: "medium" });

  let source = null, over = false, again = null;
  let heardAt = performance.now(); // when a sign of life came last
  let told = Date.parse(document.querySelector("[data-clock]").dataset.clock); // the server's time in it
  let checked = told; // the server's time when the record was last looked at
  let first = 0, next = 0; // of the rows, those with which this page and the next begin

  const now = () => told + (performance.now() - heardAt); // the clock here may be wrong, or be set anew meanwhile

  function open() {
    clearTimeout(again);
    if (over || source || document.visibilityState !== "visible") return;
    source = new EventSource(main.dataset.stream);
    source.addEventListener("screen", (event) => { show(event.data); });
    source.addEventListener("pulse", (event) => { hear(JSON.parse(event.data)); });
    source.addEventListener("ended", end);
    source.addEventListener("error", () => {
      if (!source || source.readyState !== EventSource.CLOSED) return; // else the browser tries again by itself
      close();
      again = setTimeout(ask, AGAIN);
    });
  }

  function close() {
    source?.close();
    source = null;
  }

  // The stream was refused: because nobody is signed in any more, or because the server cannot for now.
  async function ask() {
    try {
      const answer = await fetch("/wall", { redirect: "manual", cache: "no-store", headers: { Accept: "text/html", "X-Huiying-Renewal": "1" } });
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) end();
    } catch {
      // Still away: what is shown says so.
    }
    open();
  }

  function hear(pulse) {
    told = Date.parse(pulse.now);
    heardAt = performance.now();
    if (pulse.checked) checked = Date.parse(pulse.checked);
    document.dispatchEvent(new CustomEvent("clock", { detail: pulse.now }));
    find("wall-ending").hidden = !pulse.ending;
    heed(pulse);
    tell();
  }

  // What the watch says, and when it looked last: it is watched here.
  function heed(pulse) {
    const watch = find("wall-watch"), band = find("watching");
    if (pulse.looked) {
      const words = pulse.silent ? watch.dataset.silent : watch.dataset.looked;
      watch.textContent = words.replace("{time}", time.format(new Date(pulse.looked)));
    }
    if (band.textContent.trim() === pulse.band) return;
    const said = Object.assign(document.createElement("p"), { className: "notice notice-alert notice-grave", textContent: pulse.band });
    said.setAttribute("role", "status");
    band.replaceChildren(...(pulse.band ? [said] : []));
  }

  function show(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    screen.replaceChildren(...fresh.body.childNodes);
    lay();
  }

  // What was shown is not for whoever now stands before the screen.
  function end() {
    over = true;
    close();
    for (const part of [screen, state.parentElement, find("wall-page"), find("wall-ending")]) part.hidden = true;
    screen.replaceChildren();
    find("wall-ended").hidden = false;
  }

  function tell() {
    const lost = performance.now() - heardAt > QUIET;
    const old = Math.max(0, Math.floor((now() - checked) / 1000));
    const words = lost ? state.dataset.lost : old * 1000 > STALE ? state.dataset.stale : state.dataset.live;
    if (state.textContent !== words) state.textContent = words;
    main.classList.toggle("is-lost", words !== state.dataset.live);
    const [ago, count] = old < 100 ? [age.dataset.seconds, old] : [age.dataset.minutes, Math.floor(old / 60)];
    age.textContent = ago.replace("{time}", time.format(checked)).replace("{count}", count);
  }

  // On a wall nobody scrolls: rows that do not fit come on the next page. On a phone people scroll.
  function lay() {
    const rows = [...screen.querySelectorAll(".wall-row")];
    for (const row of rows) row.hidden = false;
    const list = screen.querySelector(".wall-rows");
    const page = find("wall-page");
    page.textContent = "";
    if (!list || getComputedStyle(list).overflowY !== "hidden") return;
    const pages = paged(rows, list.clientHeight, parseFloat(getComputedStyle(list).rowGap) || 0);
    if (pages.length === 1) first = 0;
    const at = pages.findLastIndex((begins) => begins <= first);
    const [begin, end] = [pages[at], pages[at + 1] ?? rows.length];
    rows.forEach((row, number) => { row.hidden = number < begin || number >= end; });
    next = pages[at + 1] ?? 0;
    if (pages.length > 1) page.textContent = page.dataset.words.replace("{page}", at + 1).replace("{pages}", pages.length);
  }

  // The rows with which the pages begin, each page as full as it goes.
  function paged(rows, room, gap) {
    const begins = [0];
    let used = 0;
    rows.forEach((row, number) => {
      used += row.offsetHeight + gap;
      if (used - gap > room && number > begins.at(-1)) {
        begins.push(number);
        used = row.offsetHeight + gap;
      }
    });
    return begins;
  }

  document.body.classList.add("is-live");
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") open(); else close(); });
  addEventListener("resize", lay);
  setInterval(tell, 1000);
  setInterval(() => { first = next; lay(); }, TURN);
  lay();
  tell();
  open();
})();
