// Screenshots pasted, files dropped or chosen: gathered in the form's own field of files, and listed before they are sent.
// A kind is told by its ending, since browsers know no other of a DOCX where no office program is installed. Without it files are chosen one time and sent as they are; the server looks into each of them either way.
"use strict";

(() => {
  const MOST = 20;
  const LARGEST_SENDING = 100 * 1024 * 1024;
  const SHOWN = new Set(["image/png", "image/jpeg", "image/webp"]);
  const two = (number) => String(number).padStart(2, "0");
  document.documentElement.classList.add("has-script");

  const box = document.querySelector("[data-drop]");
  if (!box) return;
  const field = box.querySelector("input[type=file]");
  const list = box.querySelector("[data-chosen]");
  const words = list.dataset;
  const largest = new Map(words.kinds.trim().split(" ").map((kind) => kind.split("=")));
  let files = [];
  let refused = [];

  function size(bytes) {
    return bytes >= 1048576 ? `${(bytes / 1048576).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`;
  }

  function bound(file) {
    const dot = file.name.lastIndexOf(".");
    return Number(largest.get(dot < 0 ? "" : file.name.slice(dot).toLowerCase()) ?? 0);
  }

  function add(more) {
    refused = [];
    for (const file of more) {
      if (files.some((one) => one.name === file.name && one.size === file.size && one.lastModified === file.lastModified)) continue;
      const together = files.reduce((sum, one) => sum + one.size, file.size);
      if (!bound(file)) refused.push([file.name, words.kind]);
      else if (file.size > bound(file)) refused.push([file.name, words.large]);
      else if (files.length >= MOST || together > LARGEST_SENDING) refused.push([file.name, words.many]);
      else files.push(file);
    }
    show();
  }

  function show() {
    const holder = new DataTransfer();
    for (const file of files) holder.items.add(file);
    field.files = holder.files;
    list.replaceChildren(...files.map(line), ...refused.map(([name, why]) => {
      const item = document.createElement("li");
      item.className = "is-refused";
      item.textContent = `${name}：${why}`;
      return item;
    }));
  }

  function line(file, place) {
    const item = document.createElement("li");
    if (SHOWN.has(file.type)) {
      const picture = document.createElement("img");
      picture.alt = "";
      const reader = new FileReader();
      reader.onload = () => { picture.src = reader.result; };
      reader.readAsDataURL(file);
      item.append(picture);
    }
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "button-plain";
    remove.textContent = words.remove;
    remove.setAttribute("aria-label", `${words.remove} ${file.name}`);
    remove.addEventListener("click", () => { files.splice(place, 1); show(); field.focus(); });
    item.append(`${file.name}（${size(file.size)}）`, remove);
    return item;
  }

  // A picture in the clipboard has no name of its own: the time tells one from the other.
  function named(file) {
    const at = new Date();
    const stamp = `${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
    const count = files.length ? `-${files.length + 1}` : "";
    return new File([file], `${words.shot}-${stamp}${count}.${file.type.split("/")[1]}`, { type: file.type });
  }

  document.addEventListener("paste", (event) => {
    const pasted = [...(event.clipboardData?.files ?? [])];
    const writes = event.target instanceof Element && event.target.matches("input:not([type=file]), textarea");
    // Office programs put a picture beside a text that was copied: in a field of text the text is meant.
    if (!pasted.length || (writes && event.clipboardData.getData("text/plain"))) return;
    event.preventDefault();
    add(pasted.map((file) => (file.type.startsWith("image/") ? named(file) : file)));
  });
  field.addEventListener("change", () => add([...field.files]));
  for (const kind of ["dragover", "dragenter"]) {
    box.addEventListener(kind, (event) => { event.preventDefault(); box.classList.add("is-over"); });
  }
  for (const kind of ["dragleave", "drop"]) box.addEventListener(kind, () => box.classList.remove("is-over"));
  // A file that falls beside the box must not carry the reader off the page.
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    if (box.contains(event.target) || box.closest("form").contains(event.target)) add([...event.dataTransfer.files]);
  });
})();
