// Passkeys: asks the browser to make one, or to sign in with one, and sends its answer by the form of the page.
"use strict";

(() => {
  const form = document.querySelector("form[data-passkey]");
  if (!form || !window.PublicKeyCredential || !navigator.credentials) return;
  const makes = form.dataset.passkey === "new";
  const trouble = document.querySelector("[data-passkey-problem]");
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  function tell(words) {
    trouble.textContent = words;
    trouble.hidden = !words;
  }

  async function wish() {
    const body = makes ? new URLSearchParams(new FormData(form)) : undefined;
    const address = makes ? `${form.getAttribute("action")}/begin` : "/sign-in/passkey";
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

  async function go() {
    if (!form.reportValidity()) return;
    tell("");
    try {
      const options = await wish();
      form.elements.passkey.value = JSON.stringify(await (makes ? made : signed)(options));
      if (makes) form.elements.password.value = ""; // it was asked for already
      form.submit();
    } catch (error) {
      const ours = error.constructor === Error ? error.message : form.dataset.failed;
      tell(error.name === "InvalidStateError" ? form.dataset.known : ours);
    }
  }

  document.querySelectorAll("[data-passkey-missing]").forEach((item) => { item.hidden = true; });
  document.querySelectorAll("[data-passkey-offer]").forEach((item) => { item.hidden = false; });
  form.hidden = false;
  if (makes) form.addEventListener("submit", (event) => { event.preventDefault(); go(); });
  document.querySelectorAll("[data-passkey-go]").forEach((button) => button.addEventListener("click", go));
})();
