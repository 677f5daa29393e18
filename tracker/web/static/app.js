// What the server says is shown; what is pressed is told to the server. Nothing is decided here.

import { connect, insist, relent, tell } from "./link.js";
import { listen, listens, play, prime, quiet, spoken } from "./sound.js";

const $ = (id) => document.getElementById(id);
const MODES = [
  ["count", "full"], ["tempo", "low"], ["range", "full"], ["breath", "off"], ["coach", "full"], ["quiet", "full"],
];
const PHASES = { rest: "Ready", lift: "▲ Lift", hold: "■ Hold", return: "▼ Return" };
const SHOWN_DEG = 90;
const UNSENT = "Not sent. Press it again when there is a connection.";
let state = null;
let pressed = "";
let pressedAt = 0;
let lock = null;
let catalog = [];
let cut = null;
let trained = false;
let pausedByStop = false;
window.kickback = { spoken, state: () => state };

function linked({ online, kept }) {
  $("offline").hidden = online || !state;
  document.body.classList.toggle("stale", !online);
  if (online && pressed === UNSENT) refuse("");
  $("offline-words").textContent = state?.screen === "live" ? "Trying again … the session goes on there." : "Trying again …";
  for (const one of document.querySelectorAll(".unsent")) one.hidden = !kept;
}

// Tell it, or say that it was not told; return which.
function press(command) {
  const sent = tell(command);
  if (!sent) refuse(UNSENT);
  return sent;
}

function refuse(text) {
  pressed = text;
  pressedAt = Date.now();
  setTimeout(() => {
    if (Date.now() - pressedAt < 7900) return; // something newer is to be read
    pressed = "";
    if (state) trouble(state.trouble);
  }, 8000);
  trouble(text || state?.trouble || "");
}

function take(news) {
  if (news.error) return refuse(news.error);
  state = news.state;
  play(news.cues, state.levels);
  show(state);
  const last = news.cues.filter((cue) => cue.text && !["count", "few-left", "rest-left", "breathe-out", "breathe-in"].includes(cue.kind)).at(-1);
  if (last) $("milestone").textContent = last.text;
}

function trouble(text) {
  if ($("trouble").textContent === text) return; // an alert that is written again is read again
  $("trouble").textContent = text;
  $("trouble").hidden = !text;
}

function show(now) {
  trouble(pressed || now.trouble);
  if (document.body.dataset.screen !== now.screen || !document.body.dataset.shown) {
    const came = Boolean(document.body.dataset.shown);
    document.body.dataset.screen = now.screen;
    document.body.dataset.shown = "yes";
    for (const id of ["start", "live", "over"]) $(id).hidden = id !== now.screen;
    if (now.screen === "start") fill(now.exercises, now.unfinished, now.day);
    if (now.screen === "live") { wake(); hark(); scrollTo(0, 0); }
    if (now.screen === "over") { besides(now.companions); forget(); }
    if (now.screen !== "live") rest();
    if (came) $(now.screen).querySelector("h1").focus(); // else who reads by ear, or by keys alone, is nowhere
  }
  if (now.screen === "start") {
    catalog = now.exercises;
    suggest(chosen());
    write("go", now.busy ? `${now.busy} …` : $("resume").checked && now.unfinished ? "Go on" : "Start");
    $("go").disabled = Boolean(now.busy);
  }
  if (now.screen === "live") live(now);
  if (now.screen === "over") over(now);
}

function write(id, text) {
  if ($(id).textContent !== String(text)) $(id).textContent = text; // what is the same is left alone: 25 times a second
}

function live(now) {
  const board = now.board;
  write("what", [board.exercise, board.side && `${board.side} leg`, board.set_number ? `set ${board.set_number} of ${board.sets}` : "all sets done", board.kind !== "work" && board.kind].filter(Boolean).join(" · "));
  write("sensor", now.busy || board.sensors.map(sensor).join(" · "));
  write("count", board.count);
  $("count").dataset.digits = String(board.count).length;
  write("target", `of ${board.reps_from}–${board.reps_to}`);
  bar(board);
  write("phase-name", board.paused ? "❚❚ Paused" : PHASES[board.phase]);
  const target = board.phase_target_s;
  write("phase-time", board.phase === "rest" || board.paused ? "" : `${board.phase_s.toFixed(1)} s${target ? ` of ${target} s` : ""}`);
  $("phase-fill").style.width = target && board.phase !== "rest" ? `${Math.min(100, (100 * board.phase_s) / target)}%` : "0";
  strip(board.strip_deg);
  write("words", board.message);
  $("rest-left").hidden = board.rest_left_s === null;
  write("rest-left", board.rest_left_s === null ? "" : `Rest ${Math.ceil(board.rest_left_s)} s`);
  write("pause", board.paused ? "Go on" : "Pause");
  $("pause").dataset.do = board.paused ? "resume" : "pause";
  for (const button of document.querySelectorAll("nav button")) button.disabled = !now.begun || now.ending;
  write("check", board.checking ? "Leave unchecked" : "Check strap");
  after(now);
}

function sensor(one) {
  const parts = [one.link === "up" ? `${one.rate_hz ?? "–"} Hz` : `sensor ${one.link}`];
  parts.push(`${one.lost_estimated ? "about " : ""}${one.lost_percent} % lost`);
  if (one.battery_percent !== null) parts.push(`battery ${one.battery_percent} %`);
  return parts.join(", ");
}

function bar(board) {
  const y = (deg) => 198 - (196 * Math.min(SHOWN_DEG, Math.max(0, deg))) / SHOWN_DEG;
  const deg = board.angle_deg ?? 0;
  $("bar-fill").setAttribute("y", y(deg));
  $("bar-fill").setAttribute("height", 198 - y(deg));
  $("bar-band").style.display = board.floor_deg === null ? "none" : "";
  for (const [id, value] of [["floor", board.floor_deg], ["ceiling", board.ceiling_deg]]) {
    if (value === null) continue;
    $(id).setAttribute("y1", y(value));
    $(id).setAttribute("y2", y(value));
    $(`${id}-text`).setAttribute("y", y(value));
    $(`${id}-text`).textContent = `${Math.round(value)}°`;
  }
}

function strip(degrees) {
  const step = 300 / 59;
  const offset = 60 - degrees.length;
  $("line").setAttribute("points", degrees.map((deg, k) => `${((k + offset) * step).toFixed(1)},${(57 - (54 * Math.min(SHOWN_DEG, deg ?? 0)) / SHOWN_DEG).toFixed(1)}`).join(" "));
}

function after(now) {
  const board = now.board;
  const number = board.last_set_number; // in the log, where strap checks have numbers too
  const done = now.sets.find((one) => one.set === number);
  const between = Boolean(done) && board.count === 0;
  if ($("after").hidden && between) scrollTo(0, 0);
  if (!$("after").hidden && !between && !$("why").open) scrollTo(0, 0); // the next set has begun: it is to be seen
  $("after").hidden = !between;
  $("live").classList.toggle("between", between);
  if (!done) return;
  write("after-title", `Last set${done.side ? `, ${done.side} leg` : ""}`);
  write("after-words", board.last_set_words + (board.after && board.set_number ? ` · next: set ${board.set_number}${board.side ? `, ${board.side} leg` : ""}` : ""));
  list("advice", now.answered.includes(number) ? now.advice : []);
  $("answers").hidden = now.answered.includes(number);
  const asked = `${now.session}:${number}`;
  const another = $("answers").dataset.shown !== asked;
  $("answers").dataset.shown = asked;
  given("added", String(board.last_set_added), another);
  if (another) {
    $("answers").reset();
    for (const what of ["load", "side", "exercise"]) given(what, "");
    $("edit").open = false;
  }
  const key = `${asked}:${JSON.stringify(board.last_set)}`;
  if ($("reps").dataset.shown === key) return;
  $("reps").dataset.shown = key;
  const focused = $("reps").contains(document.activeElement) ? document.activeElement.dataset.peak : null;
  $("reps").replaceChildren(...board.last_set.map((rep) => row(rep, board.last_set)));
  if (focused) $("reps").querySelector(`[data-peak="${focused}"]`)?.focus();
}

function list(id, lines) {
  const key = JSON.stringify(lines);
  if ($(id).dataset.shown === key) return;
  $(id).dataset.shown = key;
  $(id).hidden = !lines.length;
  $(id).replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
}

function row(rep, all) {
  const tr = document.createElement("tr");
  const seconds = (value) => (value === null ? "–" : value.toFixed(2));
  const bands = [["tempo", rep.tempo_in_band], ["range", rep.range_in_band]].filter(([, inside]) => inside !== null);
  const words = [...bands.map(([name, inside]) => `${inside ? "✓" : "✗"} ${name}`), ...rep.flags].join(", ") || "–";
  const cells = [rep.rep ?? "–", seconds(rep.concentric_s), seconds(rep.hold_s), seconds(rep.eccentric_s), rep.range_deg === null ? "–" : `${rep.range_deg}°`, words];
  tr.append(...cells.map((text) => Object.assign(document.createElement("td"), { textContent: text })));
  tr.className = rep.rep === null ? "gone" : "";
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: rep.rep === null ? "no ↺" : "✕" });
  button.dataset.peak = rep.peak;
  button.setAttribute("aria-label", rep.rep === null ? "Taken back: count it again" : `Repetition ${rep.rep} counts: take it back`);
  button.addEventListener("click", () => {
    const gone = all.filter((one) => (one.rep === null) !== (one.peak === rep.peak)).map((one) => one.peak);
    press({ do: "correct", set: state.board.last_set_number, what: "deleted", value: gone });
  });
  const cell = document.createElement("td");
  cell.append(button);
  tr.children[0].after(cell);
  return tr;
}

$("edit-keep").addEventListener("click", () => {
  const set = state.board.last_set_number;
  const changed = ["added", "load", "side", "exercise"].filter((what) => $(`edit-${what}`).value !== $(`edit-${what}`).dataset.given);
  for (const what of changed) {
    const field = $(`edit-${what}`);
    if (!field.reportValidity()) return;
    if (!press({ do: "correct", set, what, value: what === "added" ? Number(field.value || 0) : field.value })) return;
  }
  $("edit").open = false;
  for (const what of ["load", "side", "exercise"]) given(what, "");
});

// What a field of the corrections says unless somebody changes it; what is being changed here stays.
function given(what, value, anew = true) {
  const field = $(`edit-${what}`);
  if (anew || field.value === field.dataset.given) field.value = value;
  field.dataset.given = value;
}

function besides(companions) {
  $("besides").hidden = !companions.length;
  choices($("companions"), "companion", companions, "checkbox");
}

$("besides").addEventListener("submit", (event) => {
  event.preventDefault();
  if (press({ do: "companions", companions: new FormData($("besides")).getAll("companion") })) $("besides").hidden = true;
});

function over(now) {
  $("over-words").textContent = [now.board?.message, !now.sets.length && "no set was done"].filter(Boolean).join(": ");
  $("over-sets").replaceChildren(...now.sets.map((one) => Object.assign(document.createElement("li"), { textContent: `${one.side ? `${one.side} leg: ` : ""}${one.words}` })));
  $("over-report").href = `report/${now.session}`;
  $("over-show").textContent = `kickback show ${now.session}`;
}

// Start

function fill(exercises, unfinished, day) {
  catalog = exercises;
  today(day);
  if ($("exercise").options.length) {
    const one = chosen();
    if (!trained) return offer(unfinished); // back without a session: everything stays as it was filled in
    trained = false;
    if (one.next && $("goal").value === "muscle") ask(one.next.now);
    offer(unfinished);
    explain(one);
    return suggest(one);
  }
  $("listens").hidden = !listens();
  $("exercise").append(...exercises.map((one) => new Option(one.name, one.id)));
  $("edit-exercise").append(...exercises.map((one) => new Option(one.name, one.id)));
  $("placement").append(...Object.entries(day.placements).map(([id, words]) => new Option(words, id)));
  let loaded = null; // the exercise of which load and band are
  const usual = () => {
    const one = chosen();
    const plan = one.goals[$("goal").value];
    $("unknown").textContent = `What the sensor cannot tell here: ${one.guide.unknown}.`;
    explain(one);
    suggest(one);
    $("sets").value = plan.sets;
    [$("from").value, $("to").value] = plan.reps;
    $("tempo").value = plan.tempo;
    $("rest").value = plan.rest_s;
    if (loaded !== one.id) $("load").value = $("label").value = "";
    loaded = one.id;
    if (one.next && $("goal").value === "muscle") ask(one.next.now);
  };
  $("exercise").onchange = usual;
  $("goal").onchange = usual;
  $("resume").onchange = () => {
    takeUp();
    if (!$("resume").checked) usual();
    show(state);
  };
  usual();
  offer(unfinished);
  $("modes").append(...MODES.map(([mode, level]) => {
    const label = Object.assign(document.createElement("label"), { textContent: mode[0].toUpperCase() + mode.slice(1) });
    const select = Object.assign(document.createElement("select"), { id: `mode-${mode}` });
    select.append(...["off", "low", "full"].map((one) => new Option(one, one, one === level, one === level)));
    label.append(select);
    return label;
  }));
}

// Go on with what was cut off: it has its plan already, and only legs and load may be others now.
function offer(unfinished) {
  const another = unfinished?.at !== cut?.at;
  cut = unfinished;
  $("unfinished").hidden = !unfinished;
  if (another) {
    $("resume").checked = Boolean(unfinished);
    if (unfinished) {
      const name = catalog.find((one) => one.id === unfinished.exercise)?.name;
      $("unfinished").querySelector("span").textContent = `Go on with the session of ${unfinished.at}, which was cut off (${name ? `${name}, ` : ""}${unfinished.sets} ${unfinished.sets === 1 ? "set" : "sets"}). Without the tick a new one begins.`;
    }
  }
  takeUp(another);
}

function takeUp(anew = true) {
  const going = Boolean(cut) && $("resume").checked;
  $("exercise").disabled = going && Boolean(cut.exercise);
  for (const id of ["goal", "sets", "from", "to", "tempo", "rest", "warm-up"]) $(id).disabled = going && Boolean(cut.plan);
  if (!going || !anew) return;
  if (cut.exercise && catalog.some((one) => one.id === cut.exercise) && $("exercise").value !== cut.exercise) {
    $("exercise").value = cut.exercise;
    $("exercise").onchange();
  }
  if (!cut.plan) return;
  ask(cut.plan);
  $("goal").value = cut.plan.goal;
  $("rest").value = cut.plan.rest_s;
  $("warm-up").value = cut.plan.warm_up;
  $("sides").value = cut.plan.sides.join(",");
}

const chosen = () => catalog.find((each) => each.id === $("exercise").value);
const made = (kind, text) => Object.assign(document.createElement(kind), { textContent: text });

function tick(line) {
  const label = Object.assign(document.createElement("label"), { className: "check" });
  label.append(Object.assign(document.createElement("input"), { type: "checkbox" }), made("span", line));
  return label;
}

function today(day) {
  $("screening").hidden = !day.screening;
  const asked = JSON.stringify(day.screening?.questions ?? []);
  if (day.screening && $("questions").dataset.shown !== asked) { // what was ticked stays where the sensor was not found
    $("questions").replaceChildren(...day.screening.questions.map(tick));
    $("screening-advice").textContent = "";
    $("questions").onchange = () => { $("screening-advice").textContent = screened().includes(true) ? day.screening.advice : ""; };
  }
  $("questions").dataset.shown = asked;
  const days = day.days_since;
  $("since").textContent = days === null ? "" : `Last session: ${["today", "yesterday"][days] ?? `${days} days ago`}.`;
}

// What was ticked was of the session that is over.
function forget() {
  trained = true;
  for (const id of ["questions", "ticks"]) $(id).dataset.shown = "";
}

const screened = () => [...$("questions").querySelectorAll("input")].map((box) => box.checked);

function ask(plan) {
  $("sets").value = plan.sets;
  [$("from").value, $("to").value] = plan.reps;
  $("tempo").value = plan.tempo;
  $("load").value = plan.load_kg ?? "";
  $("label").value = plan.label;
}

function suggest(one) {
  $("next").hidden = !one.next || (Boolean(cut) && $("resume").checked);
  if (!one.next) return;
  $("next-headline").textContent = `${one.next.headline}.`;
  $("next-words").textContent = `${one.next.words}.`;
  list("next-remarks", one.next.remarks);
  list("next-why", one.next.why);
  $("next-reasons").hidden = !one.next.why.length;
  $("next-choice").hidden = !one.next.changes;
  const decide = (accepted) => () => {
    if (press({ do: "decide", exercise: one.id, accepted })) ask(accepted ? one.next.next : one.next.now);
  };
  $("accept").onclick = decide(true);
  $("decline").onclick = decide(false);
}

function explain(one) {
  const guide = one.guide;
  $("unranged").hidden = one.ranged;
  const ticks = JSON.stringify([one.id, one.known]);
  if ($("ticks").dataset.shown !== ticks) {
    $("ticks").replaceChildren(...guide.checklist.slice(0, one.known ? 1 : undefined).map(tick));
    $("all-ticks").hidden = !one.known || guide.checklist.length < 2;
  }
  $("ticks").dataset.shown = ticks;
  $("all-ticks").onclick = () => { $("ticks").replaceChildren(...guide.checklist.map(tick)); $("all-ticks").hidden = true; };
  const sections = [
    ["Trains", [guide.trains]], ["What it is good for", guide.benefits], ["Set-up", guide.setup], ["Steps", guide.steps], ["Breathing", [guide.breathing]],
    ["Mistakes", guide.mistakes.map((one) => `${one.issue} ${one.correction}`)], ["Variations", guide.variations], ["Goes well with", guide.companions], ["Safety", guide.safety],
  ];
  $("guide").replaceChildren(...sections.flatMap(([title, lines]) => {
    const list = document.createElement("ul");
    list.append(...lines.map((line) => made("li", line)));
    return [made("h2", title), list];
  }));
}

document.addEventListener("invalid", (event) => event.target.closest("details")?.setAttribute("open", ""), true); // else nothing could be seen of it
$("plan").addEventListener("submit", (event) => {
  event.preventDefault();
  prime();
  press({
    do: "start", exercise: $("exercise").value, goal: $("goal").value, sides: $("sides").value.split(",").filter(Boolean),
    load_kg: $("load").value, label: $("label").value, warm_up: Number($("warm-up").value), breath: $("breath").value,
    placement: $("placement").value, pulley: $("pulley").value, soreness: $("soreness").value === "" ? null : Number($("soreness").value),
    screening: $("screening").hidden ? null : screened(), sets: Number($("sets").value), from: Number($("from").value), to: Number($("to").value),
    resume: $("resume").checked, tempo: $("tempo").value, rest_s: Number($("rest").value), count_at: $("count-at").value, feedback: $("feedback").value,
    early_s: Number($("early").value), levels: Object.fromEntries(MODES.map(([mode]) => [mode, $(`mode-${mode}`).value])),
  });
});

// Live

for (const button of document.querySelectorAll("nav [data-do]")) button.addEventListener("click", () => { prime(); press({ do: button.dataset.do }); });
$("stop").addEventListener("click", () => {
  if ($("why").open || state?.screen !== "live" || state.ending) return;
  if (pressed === UNSENT) refuse("");
  $("why").returnValue = "";
  $("why-pain").value = $("why-place").value = "";
  pausedByStop = state.begun && !state.board.paused; // what hurts stops at once; why is asked then
  if (pausedByStop) insist({ do: "pause" }, state.session, (now) => now.board.paused);
  $("why").showModal();
});
document.addEventListener("pointerdown", () => { if (state?.screen === "live") prime(); }); // a second viewer, or after a reload
$("why").addEventListener("close", () => {
  const reason = $("why").returnValue;
  if (state?.screen !== "live") return;
  const waited = relent();
  if (!reason) {
    if (pausedByStop && (state.board.paused || waited)) press({ do: "resume" });
    return;
  }
  const pain = $("why-pain").value;
  const stop = { do: "stop", reason, pain: pain === "" ? null : Number(pain), place: $("why-place").value };
  insist(stop, state.session, (now) => now.ending);
});
$("again").addEventListener("click", () => press({ do: "again" }));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("dialog, input:not([type=radio], [type=checkbox]), select")) return;
  if (state?.screen !== "live" || event.repeat) return; // a key that is held takes back one repetition, not all
  document.querySelector(`#live [data-key="${event.key.toLowerCase()}"]`)?.click();
});
for (const box of document.querySelectorAll(".choices")) {
  if (box.dataset.values) choices(box, box.dataset.name, box.dataset.values.split(" "), "many" in box.dataset ? "checkbox" : "radio");
}

function choices(box, name, values, kind) {
  box.replaceChildren(...values.map((value) => {
    const label = document.createElement("label");
    label.append(Object.assign(document.createElement("input"), { type: kind, name, value }), made("span", value.replace("-", " ")));
    return label;
  }));
}
$("answers").addEventListener("submit", (event) => {
  event.preventDefault();
  const said = new FormData($("answers"));
  const number = (name) => (said.get(name) === null ? null : Number(said.get(name)));
  press({ do: "answers", set: state.board.last_set_number, reserve: number("reserve"), felt: said.getAll("felt"), pain: number("pain") });
});

// Voice

try {
  $("listen").checked = sessionStorage.getItem("listen") === "yes"; // also after the page was loaded again
} catch { $("listen").checked = false; } // a browser that keeps nothing
$("listen").addEventListener("change", () => {
  try { sessionStorage.setItem("listen", $("listen").checked ? "yes" : ""); } catch { } // asked again after a reload, then
});
$("ears-on").addEventListener("click", hark);

function hark() {
  $("ears").hidden = !$("listen").checked || !listens();
  if ($("ears").hidden) return;
  heard("");
  listen(() => $("stop").click(), heard);
}

function heard(trouble) {
  write("ears-words", trouble ? `Voice stop is off: ${trouble}.` : "Listening for “stop”.");
  $("ears-on").hidden = !trouble;
  $("ears").classList.toggle("off", Boolean(trouble));
}

async function wake() {
  try {
    lock = await navigator.wakeLock?.request("screen");
  } catch { lock = null; } // plain http in the network, or a low battery: the screen may go dark
}

function rest() {
  if ($("why").open) $("why").close("");
  quiet();
  lock?.release();
  lock = null;
}

document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible" && state?.screen === "live") wake(); });

connect({ take, changed: linked });
