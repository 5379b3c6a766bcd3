// Copy buttons: shown only where copying works, and they say when it is done.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const words = button.querySelector("span");
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
    words.textContent = button.dataset.copied;
  });
}
