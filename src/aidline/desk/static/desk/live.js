// What the event stream says is fetched.
import { onEvent } from "./refresh.js";
import { listen } from "./stream.js";

listen(onEvent);
addEventListener("pageshow", (event) => event.persisted && location.reload());
