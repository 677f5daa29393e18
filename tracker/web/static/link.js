// The link to the server: it comes back by itself. Only STOP waits for it; of all else is said that it was not sent.

const SILENT_MS = 5000; // a session tells something every second: a link that says nothing for so long is none
let socket = null;
let waits = 250;
let heardAt = 0;
let talks = false;
let kept = null;
let page = null;

// `given.take(news)`, and `given.changed({ online, kept })` whenever one of the two is not what it was.
export function connect(given) {
  page = given;
  open();
  setInterval(() => {
    if (talks && socket?.readyState === WebSocket.OPEN && Date.now() - heardAt > SILENT_MS) lost();
    changed();
  }, 500);
}

function open() {
  const own = new WebSocket(new URL("live" + location.search, location.href.replace(/^http/, "ws")));
  socket = own;
  if (kept) kept.sentOn = null;
  own.onopen = () => { waits = 250; heardAt = Date.now(); };
  own.onmessage = (message) => {
    const news = JSON.parse(message.data);
    heardAt = Date.now();
    if (news.state) settle(news.state);
    else if (news.error && kept?.sentOn === own) kept = null; // refused, and that is said
    changed();
    page.take(news);
  };
  own.onclose = lost;
}

function lost() {
  socket.onclose = socket.onmessage = null;
  socket.close();
  setTimeout(open, waits);
  waits = Math.min(2 * waits, 4000);
  changed();
}

function online() {
  return socket?.readyState === WebSocket.OPEN;
}

let shown = "";
function changed() {
  const now = { online: online(), kept: Boolean(kept) && (!online() || Date.now() - kept.at > 1000) };
  if (JSON.stringify(now) === shown) return;
  shown = JSON.stringify(now);
  page.changed(now);
}

// Send it now, or not at all; return which.
export function tell(command) {
  if (!online()) return false;
  socket.send(JSON.stringify(command));
  return true;
}

// Send it until the state shows that it arrived: `arrived(state)`. It is for one session, and never for the next.
export function insist(command, session, arrived) {
  kept = { command, session, arrived, at: Date.now(), sentOn: null };
  deliver();
  changed();
}

// Insist no more; return whether it was sent and may arrive all the same.
export function relent() {
  const waited = Boolean(kept) && online() && kept.sentOn === socket;
  kept = null;
  changed();
  return waited;
}

function deliver() {
  if (kept.sentOn !== socket && tell(kept.command)) kept.sentOn = socket;
}

function settle(state) {
  talks = state.screen === "live" && state.begun && !state.ending;
  if (!kept) return;
  const another = state.screen !== "live" || (kept.session && state.session && kept.session !== state.session);
  if (another || kept.arrived(state)) kept = null;
  else deliver();
}
