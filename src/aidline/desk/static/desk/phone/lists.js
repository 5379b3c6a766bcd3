// The Calls screen follows what happens.
import { tick } from "../clock.js";
import { part } from "../server.js";
import { listen } from "../stream.js";
import { swap } from "../swap.js";

const GATHER = 400;
const box = document.getElementById("call-lists");
let timer = 0;

async function look() {
  timer = 0;
  swap(await part(box.dataset.lists, { fresh: true }).catch(() => null));
  tick();
}

function want() {
  timer ||= setTimeout(look, GATHER);
}

listen(want);
document.addEventListener("desk:changed", want);
document.addEventListener("desk:back", want);
