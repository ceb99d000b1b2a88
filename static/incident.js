// A link to an entry of the timeline opens its details; without this the link leads there all the same.
"use strict";

(() => {
  function open() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    target?.closest("details")?.setAttribute("open", "");
    target?.querySelector(":scope > details.clause")?.setAttribute("open", "");
  }

  addEventListener("hashchange", open);
  open();
})();
