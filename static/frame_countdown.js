// Counts on from what the server said: remaining times and the clock each second, the whole page anew every half minute.
// Without it the page shows the same figures as they stood when it was opened.
"use strict";

(() => {
  const two = (number) => String(number).padStart(2, "0");

  // The same words as words/wording.py, in the language of the page; a test compares the two.
  const words = document.documentElement.lang === "en" ? {
    days: (days, hours) => `${days} d ${two(hours)} h`,
    hours: (hours, minutes) => `${hours} h ${two(minutes)} min`,
    minutes: (minutes, seconds) => `${minutes} min ${two(seconds)} s`,
    seconds: (seconds) => `${seconds} s`,
    left: (time) => `${time} left`,
    overdue: (time) => `${time} overdue`,
  } : {
    days: (days, hours) => `${days}天${two(hours)}小时`,
    hours: (hours, minutes) => `${hours}小时${two(minutes)}分`,
    minutes: (minutes, seconds) => `${minutes}分${two(seconds)}秒`,
    seconds: (seconds) => `${seconds}秒`,
    left: (time) => `还剩 ${time}`,
    overdue: (time) => `已超时 ${time}`,
  };

  function duration(seconds) {
    if (seconds >= 259200) return words.days(Math.floor(seconds / 86400), Math.floor((seconds % 86400) / 3600));
    if (seconds >= 3600) return words.hours(Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60));
    if (seconds >= 60) return words.minutes(Math.floor(seconds / 60), seconds % 60);
    return words.seconds(seconds);
  }

  function remaining(milliseconds) {
    const seconds = Math.ceil(milliseconds / 1000); // the due second itself is still in time
    return seconds >= 0 ? words.left(duration(Math.abs(seconds))) : words.overdue(duration(-seconds));
  }

  // Server time: what the page said when it was made, plus what has passed here since.
  let skew = 0;
  const clock = () => document.querySelector("[data-clock]");
  const now = () => Date.now() + skew;
  const setClock = (iso) => { skew = Date.parse(iso) - Date.now(); };
  const asked = performance.getEntriesByType("navigation")[0];
  setClock(clock().dataset.clock);
  if (asked) skew += Math.max(0, performance.now() - asked.responseStart);

  const shanghai = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "medium" });

  function tick() {
    const at = now();
    clock().textContent = shanghai.format(at);
    let turned = false;
    for (const item of document.querySelectorAll("[data-due]")) {
      if (item.closest("[data-stands]")) continue; // a state that is past: what was left then
      const text = remaining((Date.parse(item.dataset.due) - at) * Number(item.dataset.scale));
      if (item.textContent !== text) item.textContent = text;
      if (item.dataset.turns && Date.parse(item.dataset.turns) <= at) turned = true;
    }
    return turned;
  }

  const every = Number(document.querySelector("[data-refresh]")?.dataset.refresh || 0) * 1000;
  let nextLook = Date.now() + every;
  let looking = false;

  async function look() {
    looking = true;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html", "X-Huiying-Renewal": "1" }, cache: "no-store" });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const main = fresh.querySelector("main[data-refresh]");
      if (!answer.ok || !main) throw new Error(String(answer.status));
      setClock(fresh.querySelector("[data-clock]").dataset.clock);
      replaceMain(main, fresh.body.className);
      for (const item of fresh.querySelectorAll("[data-fresh]")) document.getElementById(item.id)?.replaceWith(item);
      document.getElementById("lost").hidden = true;
    } catch {
      document.getElementById("lost").hidden = false;
    } finally {
      looking = false;
      nextLook = Date.now() + every;
    }
  }

  // What the reader had opened stays open, what was being typed stays ([data-keep]), and where the keyboard was it stays.
  function replaceMain(main, bodyClass) {
    const old = document.querySelector("main[data-refresh]");
    const focused = document.activeElement;
    const place = focused && old.contains(focused) ? key(focused) : null;
    for (const open of old.querySelectorAll("details[id][open]")) {
      main.querySelector(`details[id="${CSS.escape(open.id)}"]`)?.setAttribute("open", "");
    }
    for (const kept of old.querySelectorAll("[data-keep][id]")) main.querySelector(`#${CSS.escape(kept.id)}`)?.replaceWith(kept);
    old.replaceWith(main);
    document.body.className = bodyClass;
    if (!place) return;
    [...main.querySelectorAll("a, summary, input, select, button")].find((item) => key(item) === place)?.focus({ preventScroll: true });
  }

  // How an element that takes the keyboard is known again after the page came anew.
  function key(item) {
    return item.id || item.getAttribute("href") || item.closest("details")?.id || item.tagName;
  }

  // A word that is being composed (Chinese input) must not be torn away from the field it grows in.
  let composing = false;
  document.addEventListener("compositionstart", () => { composing = true; });
  document.addEventListener("compositionend", () => { composing = false; });

  function step() {
    const turned = tick();
    const due = every > 0 && Date.now() >= nextLook;
    // A lamp that has turned is worth a look at once, yet not more than one every five seconds.
    const soon = turned && Date.now() >= nextLook - every + 5000;
    if (!looking && !composing && document.visibilityState === "visible" && (due || soon)) look();
  }

  // A stream tells the server's time anew (static/wall.js), whatever has become of the clock here.
  document.addEventListener("clock", (told) => { setClock(told.detail); tick(); });
  document.addEventListener("visibilitychange", step);
  setInterval(step, 1000);
  tick();
})();
