// Away at once: the button, or Esc twice within a second and a half. Nothing to come back to stays behind.

const link = document.getElementById("leave");
const framed = document.getElementById("chat").dataset.framed !== undefined;
let last = 0;

function leave() {
  document.documentElement.hidden = true;
  document.title = "";
  fetch(link.href, { keepalive: true, redirect: "manual", credentials: "same-origin" }).catch(() => {});
  if (framed) {
    parent.postMessage("aidline:exit", "*"); // holds nothing; our own script in the page around us acts on it
    try {
      top.location.replace(link.dataset.exit);
    } catch {
      location.replace(link.dataset.exit);
    }
  } else {
    location.replace(link.dataset.exit);
  }
}

link.addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});

addEventListener("keydown", (event) => {
  if (event.key !== "Escape") {
    last = 0;
  } else if (event.timeStamp - last < 1500) {
    leave();
  } else {
    last = event.timeStamp;
    if (framed) setTimeout(() => last === event.timeStamp && parent.postMessage("aidline:close", "*"), 1500);
  }
});

// Back from the place we left for: show nothing from memory.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
