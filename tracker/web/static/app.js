// What the server says is shown; what is pressed is told to the server. Nothing is decided here.

import { listen, listens, play, prime, quiet, spoken } from "./sound.js";

const $ = (id) => document.getElementById(id);
const MODES = [
  ["count", "full"], ["tempo", "low"], ["range", "full"], ["breath", "off"], ["coach", "full"], ["quiet", "full"],
];
const PHASES = { rest: "Ready", lift: "▲ Lift", hold: "■ Hold", return: "▼ Return" };
const SHOWN_DEG = 90;
let socket = null;
let state = null;
let pressed = "";
let lock = null;
let waits = 250;
let catalog = [];
let pausedByStop = false;
window.kickback = { spoken, state: () => state };

function connect() {
  socket = new WebSocket(new URL("live" + location.search, location.href.replace(/^http/, "ws")));
  socket.onopen = () => { waits = 250; $("offline").hidden = true; };
  socket.onmessage = (message) => take(JSON.parse(message.data));
  socket.onclose = () => {
    $("offline").hidden = false;
    setTimeout(connect, waits);
    waits = Math.min(2 * waits, 4000);
  };
}

function tell(command) {
  if (socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(command));
}

function take(news) {
  if (news.error) {
    pressed = news.error;
    setTimeout(() => { pressed = ""; if (state) trouble(state.trouble); }, 8000);
    return trouble(pressed);
  }
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
  trouble(now.trouble || pressed);
  if (document.body.dataset.screen !== now.screen || !document.body.dataset.shown) {
    document.body.dataset.screen = now.screen;
    document.body.dataset.shown = "yes";
    for (const id of ["start", "live", "over"]) $(id).hidden = id !== now.screen;
    if (now.screen === "start") fill(now.exercises, now.unfinished, now.day);
    if (now.screen === "live") { wake(); if ($("listen").checked) listen(() => $("stop").click()); }
    if (now.screen === "over") besides(now.companions);
    if (now.screen !== "live") rest();
  }
  if (now.screen === "start") { catalog = now.exercises; suggest(chosen()); }
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
  $("check").disabled = board.checking;
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
  const done = now.sets.length;
  const board = now.board;
  $("after").hidden = !done || board.count > 0;
  if (!done) return;
  $("after-title").textContent = `Set ${done}${now.sets[done - 1].side ? `, ${now.sets[done - 1].side} leg` : ""}`;
  $("after-words").textContent = board.last_set_words + (board.after && board.set_number ? ` · next: set ${board.set_number}${board.side ? `, ${board.side} leg` : ""}` : "");
  list("advice", now.answered.includes(done) ? now.advice : []);
  $("answers").hidden = now.answered.includes(done);
  const key = `${now.session}:${done}:${JSON.stringify(board.last_set)}`;
  if ($("reps").dataset.key === key) return;
  $("reps").dataset.key = key;
  const focused = $("reps").contains(document.activeElement) ? document.activeElement.dataset.peak : null;
  $("reps").replaceChildren(...board.last_set.map((rep) => row(rep, board.last_set)));
  if (focused) $("reps").querySelector(`[data-peak="${focused}"]`)?.focus();
  const asked = `${now.session}:${done}`;
  if ($("answers").dataset.key !== asked) {
    $("answers").reset();
    for (const id of ["edit-load", "edit-side", "edit-exercise"]) $(id).value = "";
    $("edit-added").value = "0";
    $("edit").open = false;
  }
  $("answers").dataset.key = asked;
}

function list(id, lines) {
  const key = JSON.stringify(lines);
  if ($(id).dataset.key === key) return;
  $(id).dataset.key = key;
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
    tell({ do: "correct", set: state.sets.length, what: "deleted", value: gone });
  });
  const cell = document.createElement("td");
  cell.append(button);
  tr.children[0].after(cell);
  return tr;
}

$("edit-keep").addEventListener("click", () => {
  const set = state.sets.length;
  const said = [["added", Number($("edit-added").value || 0)], ["load", $("edit-load").value], ["side", $("edit-side").value], ["exercise", $("edit-exercise").value]];
  for (const [what, value] of said) if (value !== "") tell({ do: "correct", set, what, value });
  $("edit").open = false;
});

function besides(companions) {
  $("besides").hidden = !companions.length;
  choices($("companions"), "companion", companions, "checkbox");
}

$("besides").addEventListener("submit", (event) => {
  event.preventDefault();
  tell({ do: "companions", companions: new FormData($("besides")).getAll("companion") });
  $("besides").hidden = true;
});

function over(now) {
  $("over-words").textContent = now.board?.message ?? "";
  $("over-sets").replaceChildren(...now.sets.map((one) => Object.assign(document.createElement("li"), { textContent: `${one.side ? `${one.side} leg: ` : ""}${one.words}` })));
  $("over-report").href = `report/${now.session}`;
  $("over-show").textContent = `kickback show ${now.session}`;
}

// Start

function fill(exercises, unfinished, day) {
  catalog = exercises;
  today(day);
  $("unfinished").hidden = !unfinished;
  $("resume").checked = Boolean(unfinished);
  if (unfinished) $("unfinished").querySelector("span").textContent = `Go on with the session of ${unfinished.at}, which was cut off (${unfinished.sets} sets)`;
  if ($("exercise").options.length) { explain(chosen()); return suggest(chosen()); }
  $("listens").hidden = !listens();
  $("exercise").append(...exercises.map((one) => new Option(one.name, one.id)));
  $("edit-exercise").append(...exercises.map((one) => new Option(one.name, one.id)));
  $("placement").append(...Object.entries(day.placements).map(([id, words]) => new Option(words, id)));
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
    if (one.next && $("goal").value === "muscle") ask(one.next.now);
  };
  $("exercise").onchange = usual;
  $("goal").onchange = usual;
  usual();
  $("modes").append(...MODES.map(([mode, level]) => {
    const label = Object.assign(document.createElement("label"), { textContent: mode[0].toUpperCase() + mode.slice(1) });
    const select = Object.assign(document.createElement("select"), { id: `mode-${mode}` });
    select.append(...["off", "low", "full"].map((one) => new Option(one, one, one === level, one === level)));
    label.append(select);
    return label;
  }));
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
  if (day.screening) {
    $("questions").replaceChildren(...day.screening.questions.map(tick));
    $("screening-advice").textContent = "";
    $("questions").onchange = () => { $("screening-advice").textContent = screened().includes(true) ? day.screening.advice : ""; };
  }
  const days = day.days_since;
  $("since").textContent = days === null ? "" : `Last session: ${["today", "yesterday"][days] ?? `${days} days ago`}.`;
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
  $("next").hidden = !one.next;
  if (!one.next) return;
  $("next-headline").textContent = `${one.next.headline}.`;
  $("next-words").textContent = `${one.next.words}.`;
  list("next-why", [...one.next.why, ...one.next.remarks]);
  $("next-choice").hidden = !one.next.changes;
  const decide = (accepted) => () => {
    ask(accepted ? one.next.next : one.next.now);
    tell({ do: "decide", exercise: one.id, accepted });
  };
  $("accept").onclick = decide(true);
  $("decline").onclick = decide(false);
}

function explain(one) {
  const guide = one.guide;
  $("unranged").hidden = one.ranged;
  $("ticks").replaceChildren(...guide.checklist.slice(0, one.known ? 1 : undefined).map(tick));
  $("all-ticks").hidden = !one.known || guide.checklist.length < 2;
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

$("plan").addEventListener("submit", (event) => {
  event.preventDefault();
  prime();
  tell({
    do: "start", exercise: $("exercise").value, goal: $("goal").value, sides: $("sides").value.split(",").filter(Boolean),
    load_kg: $("load").value, label: $("label").value, warm_up: Number($("warm-up").value), breath: $("breath").value,
    placement: $("placement").value, pulley: $("pulley").value, soreness: $("soreness").value === "" ? null : Number($("soreness").value),
    screening: $("screening").hidden ? null : screened(), sets: Number($("sets").value), from: Number($("from").value), to: Number($("to").value),
    resume: $("resume").checked, tempo: $("tempo").value, rest_s: Number($("rest").value), count_at: $("count-at").value, feedback: $("feedback").value,
    early_s: Number($("early").value), levels: Object.fromEntries(MODES.map(([mode]) => [mode, $(`mode-${mode}`).value])),
  });
});

// Live

for (const button of document.querySelectorAll("nav [data-do]")) button.addEventListener("click", () => { prime(); tell({ do: button.dataset.do }); });
$("stop").addEventListener("click", () => {
  if ($("why").open || state?.screen !== "live") return;
  $("why").returnValue = "";
  $("why-pain").value = $("why-place").value = "";
  pausedByStop = !state.board.paused; // what hurts stops at once; why is asked then
  if (pausedByStop) tell({ do: "pause" });
  $("why").showModal();
});
document.addEventListener("pointerdown", () => { if (state?.screen === "live") prime(); }); // a second viewer, or after a reload
$("why").addEventListener("close", () => {
  const reason = $("why").returnValue;
  if (state?.screen !== "live") return;
  if (!reason) {
    if (pausedByStop) tell({ do: "resume" });
    return;
  }
  const pain = $("why-pain").value;
  tell({ do: "stop", reason, pain: pain === "" ? null : Number(pain), place: $("why-place").value });
});
$("again").addEventListener("click", () => tell({ do: "again" }));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("dialog, input:not([type=radio], [type=checkbox]), select")) return;
  if (state?.screen !== "live") return;
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
  tell({ do: "answers", set: state.sets.length, reserve: number("reserve"), felt: said.getAll("felt"), pain: number("pain") });
});

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

connect();
