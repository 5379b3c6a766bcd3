// A scanner is a keyboard that types fast and presses Enter: it works wherever the cursor is, as long as a voucher
// is what is waited for.
document.addEventListener("keydown", (event) => {
  const field = document.getElementById("code");
  const elsewhere = !event.target.closest("input, textarea, select, button, a, summary");
  if (!field || !elsewhere || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
  field.focus();
});
