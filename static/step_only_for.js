// What one kind of text alone asks for is shown with that kind; what was typed there stays, and is sent with that kind alone.
// Without this everything is shown, and says for which kind it is.
"use strict";

(() => {
  for (const part of document.querySelectorAll("[data-only-for]")) {
    const choice = document.getElementById(part.dataset.by);
    const isMeant = () => choice.value === "" || choice.value === part.dataset.onlyFor;
    const groups = part.querySelectorAll("fieldset");
    const turn = () => {
      part.hidden = !isMeant();
      for (const group of groups) group.disabled = false; // also after coming back to the page
    };
    choice.addEventListener("input", turn);
    choice.form.addEventListener("submit", () => {
      for (const group of groups) group.disabled = !isMeant();
    });
    window.addEventListener("pageshow", turn);
    turn();
  }
})();
