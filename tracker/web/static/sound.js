// Sounds and voice. Everything starts with the first tap (browsers allow no sound before it).

const LOUD = { off: 0, low: 0.25, full: 1 };
let context = null;
let noise = null;

let counting = null;
let primed = false;

export function prime() {
  if (!context) {
    const Kind = window.AudioContext || window.webkitAudioContext;
    if (Kind) {
      context = new Kind();
      const buffer = context.createBuffer(1, context.sampleRate, context.sampleRate);
      const data = buffer.getChannelData(0);
      for (let i = 0; i < data.length; i += 1) data[i] = Math.random() * 2 - 1;
      noise = buffer;
    }
  }
  if (context) context.resume();
  if ("speechSynthesis" in window && !primed) window.speechSynthesis.speak(new SpeechSynthesisUtterance(""));
  primed = true;
}

// [shape, from Hz, to Hz, seconds, loudness]: timbres, not longer series of beeps.
const TONES = {
  lift: ["triangle", 260, 520, 0.5, 0.25],
  return: ["triangle", 520, 240, 0.7, 0.25],
  hold: ["sine", 660, 660, 0.1, 0.25],
  tick: ["square", 1200, 1200, 0.03, 0.08],
  "range-reached": ["sine", 880, 880, 0.18, 0.5],
  "above-ceiling": ["sawtooth", 160, 140, 0.35, 0.4],
  "set-done": ["triangle", 523, 1046, 0.6, 0.5],
  "sensor-lost": ["sawtooth", 300, 120, 0.7, 0.4],
  "sensor-back": ["triangle", 300, 600, 0.4, 0.4],
};

function tone([shape, from, to, seconds, loudness], level) {
  if (!context) return;
  const at = context.currentTime;
  const source = context.createOscillator();
  const gain = context.createGain();
  source.type = shape;
  source.frequency.setValueAtTime(from, at);
  source.frequency.linearRampToValueAtTime(to, at + seconds);
  gain.gain.setValueAtTime(0.0001, at);
  gain.gain.linearRampToValueAtTime(loudness * level, at + 0.015);
  gain.gain.linearRampToValueAtTime(0.0001, at + seconds);
  source.connect(gain).connect(context.destination);
  source.start(at);
  source.stop(at + seconds + 0.05);
}

function breath(out, level) {
  if (!context || !noise) return;
  const at = context.currentTime;
  const source = context.createBufferSource();
  const filter = context.createBiquadFilter();
  const gain = context.createGain();
  source.buffer = noise;
  source.loop = true;
  filter.type = "bandpass";
  filter.frequency.setValueAtTime(out ? 900 : 450, at);
  filter.frequency.linearRampToValueAtTime(out ? 450 : 900, at + 1.2);
  gain.gain.setValueAtTime(0.0001, at);
  gain.gain.linearRampToValueAtTime(0.12 * level, at + 0.3);
  gain.gain.linearRampToValueAtTime(0.0001, at + 1.3);
  source.connect(filter).connect(gain).connect(context.destination);
  source.start(at);
  source.stop(at + 1.4);
}

export const spoken = []; // what was said, for whoever checks

function say(text, level, replaces) {
  spoken.push(text);
  if (spoken.length > 200) spoken.shift();
  if (!("speechSynthesis" in window) || !text) return;
  if (replaces && counting) window.speechSynthesis.cancel(); // an older count, which is still being spoken
  const words = new SpeechSynthesisUtterance(text);
  if (replaces) {
    counting = words;
    words.onend = () => { if (counting === words) counting = null; };
  }
  words.volume = level;
  words.rate = 1.15;
  words.lang = "en";
  window.speechSynthesis.speak(words);
}

const SILENT = new Set(["lift", "hold", "tick", "return", "range-reached", "breathe-out", "breathe-in"]);

export function play(cues, levels) {
  const newest = cues.filter((cue) => cue.kind === "count" || cue.kind === "count-back").at(-1);
  for (const cue of cues) {
    const level = LOUD[levels?.[cue.mode] ?? "full"];
    if (!level) continue;
    const counts = cue.kind === "count" || cue.kind === "count-back";
    if (counts && cue !== newest) continue; // a newer count takes an older one's place
    if (cue.kind === "breathe-out" || cue.kind === "breathe-in") breath(cue.kind === "breathe-out", level);
    if (TONES[cue.kind]) tone(TONES[cue.kind], level);
    if (!SILENT.has(cue.kind)) say(cue.text, level, counts);
  }
}

// "Stop", spoken: only where it was asked for, on the device where the browser can.

const Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;
let ears = null;

export const listens = () => Boolean(Recognition);

const DEAF = {
  "not-allowed": "the browser may not use the microphone",
  "service-not-allowed": "the browser allows no speech recognition here",
  "language-not-supported": "the browser knows no English",
  "audio-capture": "there is no microphone",
  network: "the browser's speech service cannot be reached",
};

// `deaf(why)` is called where it hears nothing any more.
export function listen(stop, deaf) {
  if (!Recognition || ears) return;
  const own = new Recognition();
  ears = own;
  Object.assign(own, { continuous: true, interimResults: true, lang: "en", processLocally: true });
  own.onresult = (event) => {
    const heard = [...event.results].slice(event.resultIndex).map((one) => one[0].transcript).join(" ");
    if (/\b(stop|halt)\b/i.test(heard)) stop();
  };
  own.onerror = (event) => { if (DEAF[event.error]) { quiet(); deaf(DEAF[event.error]); } };
  own.onend = () => { if (ears === own) setTimeout(() => { if (ears === own) own.start(); }, 300); }; // it ends by itself after silence
  own.start();
}

export function quiet() {
  const own = ears;
  ears = null;
  own?.abort();
}
