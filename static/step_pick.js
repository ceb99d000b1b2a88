// Long lists are narrowed by typing: what does not hold the letters is hidden, what is chosen stays; without this one scrolls.
"use strict";

(() => {
  function field(words, owner, narrow) {
    const search = document.createElement("input");
    search.type = "search";
    search.className = "pick";
    search.setAttribute("aria-label", words);
    search.placeholder = words;
    search.autocomplete = "off";
    search.addEventListener("input", (event) => {
      event.stopPropagation(); // nothing of the form was changed
      if (!event.isComposing) narrow(search.value.trim());
    });
    search.addEventListener("compositionend", () => narrow(search.value.trim()));
    search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    owner.before(search);
  }

  for (const list of document.querySelectorAll("[data-pick]")) {
    if (list.tagName === "SELECT") {
      field(list.dataset.pick, list, (letters) => {
        const options = [...list.options].filter((option) => option.value);
        for (const option of options) option.hidden = !option.selected && !option.text.includes(letters);
        const meant = options.filter((option) => option.text.includes(letters));
        if (letters && meant.length === 1 && !meant[0].selected) {
          list.value = meant[0].value;
          list.dispatchEvent(new Event("input", { bubbles: true }));
        }
      });
    } else {
      field(list.dataset.pick, list, (letters) => {
        for (const label of list.querySelectorAll("label")) {
          label.hidden = !label.querySelector("input").checked && !label.textContent.includes(letters);
        }
      });
    }
  }
})();
