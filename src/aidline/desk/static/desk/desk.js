// The desk works without any of this: it only gets quicker with it.
import { tick } from "./clock.js";
import "./beat.js";
import "./composer.js";
import "./open.js";
import "./player.js";
import "./sheet.js";
import "./translating.js";
import "./keys.js";
import "./live.js";
import { showCounts } from "./refresh.js";

document.documentElement.classList.add("js");
showCounts();
tick();
