// Passkeys: asks the browser to make one, or to sign with one, and sends its answer by the form of the page.
// What a form is for stands on it: `new`, `known` (to sign in), or `proof` (to show once more that one is there).
"use strict";

(() => {
  const forms = document.querySelectorAll("form[data-passkey]");
  if (!forms.length || !window.PublicKeyCredential || !navigator.credentials) return;
  const trouble = document.querySelector("[data-passkey-problem]");
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  function tell(words) {
    trouble.textContent = words;
    trouble.hidden = !words;
  }

  async function wish(form, address, body) {
    const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
    const content = await answer.json();
    if (!answer.ok) throw new Error(content.problem || form.dataset.failed);
    return content;
  }

  async function made(options) {
    const publicKey = { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: options.excludeCredentials.map((one) => ({ ...one, id: bytes(one.id) })) };
    const { rawId, type, response } = await navigator.credentials.create({ publicKey });
    return { id: text(rawId), rawId: text(rawId), type, clientExtensionResults: {}, response: {
      clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject) } };
  }

  async function signed(options) {
    const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: [] };
    const { rawId, type, response } = await navigator.credentials.get({ publicKey });
    return { id: text(rawId), rawId: text(rawId), type, clientExtensionResults: {}, response: {
      clientDataJSON: text(response.clientDataJSON), authenticatorData: text(response.authenticatorData),
      signature: text(response.signature), userHandle: response.userHandle ? text(response.userHandle) : undefined } };
  }

  async function sign(form, field) {
    field.value = JSON.stringify(await signed(await wish(form, "/sign-in/passkey")));
  }

  async function make(form) {
    const { passkey, proof, proof_code: code, password } = form.elements;
    const options = await wish(form, `${form.getAttribute("action")}/begin`, new URLSearchParams(new FormData(form)));
    passkey.value = JSON.stringify(await made(options));
    [proof, code, password].forEach((field) => { if (field) field.value = ""; }); // they were asked for already
  }

  async function go(form) {
    if (!form.reportValidity()) return;
    const { passkey, proof, proof_code: code } = form.elements;
    tell("");
    try {
      if (proof) proof.value = "";
      if (proof && !(code && code.value)) await sign(form, proof);
      if (form.dataset.passkey === "known") await sign(form, passkey);
      if (form.dataset.passkey === "new") await make(form);
      form.submit();
    } catch (error) {
      const ours = error.constructor === Error ? error.message : form.dataset.failed;
      tell(error.name === "InvalidStateError" ? form.dataset.known : ours);
    }
  }

  document.querySelectorAll("[data-passkey-missing]").forEach((item) => { item.hidden = true; });
  document.querySelectorAll("[data-passkey-offer]").forEach((item) => { item.hidden = false; });
  forms.forEach((form) => {
    form.hidden = false;
    if (form.dataset.passkey === "known") return;
    form.addEventListener("submit", (event) => { event.preventDefault(); go(form); });
  });
  document.querySelectorAll("[data-passkey-go]").forEach((button) => button.addEventListener("click", () => go(button.form)));
})();
