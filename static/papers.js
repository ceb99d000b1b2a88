// Prints the paper: one sheet without what frames the page.
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
