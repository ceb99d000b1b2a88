// A case's parts: the one that an address names is open, and what is folded around what it names; without this the address does so.
"use strict";

(() => {
  const root = document.documentElement;

  // On the root it outlives a page that renews itself; an address that names nothing of a part leaves open what was.
  function open() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target?.matches(".parts")) root.dataset.part = "whole";
    else if (target?.closest(".part")) root.dataset.part = target.closest(".part").id.slice("part-".length);
    else root.dataset.part ??= "obligations";
    target?.closest("details")?.setAttribute("open", "");
    target?.querySelector(":scope > details.clause")?.setAttribute("open", "");
    if (target?.closest(".part")) target.scrollIntoView();
    if (!target) earlier();
  }

  // A record that is on none of the latest pages of the timeline: the page that begins with it.
  function earlier() {
    const number = /^#e(\d{1,9})$/.exec(location.hash)?.[1];
    const query = new URLSearchParams(location.search);
    if (!number || query.has("before") || !/^\/incidents\/[^/]+$/.test(location.pathname)) return;
    query.set("before", String(Number(number) + 1));
    location.replace(`${location.pathname}?${query}${location.hash}`);
  }

  addEventListener("hashchange", open);
  open();
})();
