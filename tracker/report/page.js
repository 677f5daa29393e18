"use strict";
(() => {
  const ns = "http://www.w3.org/2000/svg", tip = document.getElementById("tip");
  const show = (text, event) => {
    tip.textContent = text;
    tip.hidden = false;
    tip.style.left = Math.max(0, Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8)) + "px";
    tip.style.top = Math.max(0, event.clientY - tip.offsetHeight - 10) + "px";
  };
  const hide = () => { tip.hidden = true; };
  const said = (kind, t) => {
    if (kind !== "clock") return t.toFixed(2) + " s";
    const tenths = Math.round(t * 10), minutes = Math.floor(tenths / 600);
    return minutes + ":" + ((tenths - 600 * minutes) / 10).toFixed(1).padStart(4, "0");
  };

  for (const figure of document.querySelectorAll("figure.zooms")) {
    const outer = figure.querySelector("svg"), data = outer.querySelector("svg.data"), ticks = outer.querySelector(".ticks");
    const kind = figure.dataset.kind, whole = data.getAttribute("viewBox").split(" ").map(Number);
    const left = Number(data.getAttribute("x")), wide = Number(data.getAttribute("width"));
    const top = Number(data.getAttribute("y")), high = Number(data.getAttribute("height"));
    const tickY = ticks.querySelector("text")?.getAttribute("y") ?? "0";
    const moved = [...outer.querySelectorAll("[data-x]")].filter((one) => !ticks.contains(one));
    const curves = [...data.querySelectorAll("polyline.curve")].map((one) =>
      [...one.points].map((p) => [p.x, -p.y]));
    let from = whole[0], span = whole[2];

    const place = (t) => left + (t - from) / span * wide;
    const at = (event) => {
      const box = outer.getBoundingClientRect();
      const x = (event.clientX - box.left) / box.width * outer.viewBox.baseVal.width;
      return from + Math.max(0, Math.min(1, (x - left) / wide)) * span;
    };
    const draw = () => {
      data.setAttribute("viewBox", [from, whole[1], span, whole[3]].join(" "));
      for (const one of moved) {
        const t = Number(one.dataset.x);
        one.setAttribute("transform", `translate(${place(t)} 0)`);
        one.style.display = t < from || t > from + span ? "none" : "";
      }
      const rough = span / (wide > 400 ? 10 : 6), power = 10 ** Math.floor(Math.log10(rough));
      const minutes = kind === "clock" && rough > 30 && [60, 120, 300, 600, 1200, 1800, 3600, 7200].find((n) => n >= rough);
      const step = minutes || [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.999);
      ticks.replaceChildren();
      for (let i = Math.ceil(from / step); i * step <= from + span; i++) {
        const text = document.createElementNS(ns, "text"), t = i * step;
        text.setAttribute("x", place(t));
        text.setAttribute("y", tickY);
        text.setAttribute("class", "tick middle");
        text.textContent = kind === "clock" && step >= 1
          ? Math.floor(t / 60) + ":" + String(Math.round(t) % 60).padStart(2, "0")
          : kind === "clock" ? said(kind, t) : String(Number(t.toFixed(3)));
        ticks.append(text);
      }
    };
    const look = (begin, length) => {
      span = Math.max(0.2, Math.min(whole[2], length));
      from = Math.max(whole[0], Math.min(whole[0] + whole[2] - span, begin));
      draw();
    };
    const buttons = document.createElement("div");
    buttons.className = "buttons";
    for (const [name, title, act] of [
      ["+", "closer", () => look(from + span / 4, span / 2)],
      ["−", "farther", () => look(from - span / 2, span * 2)],
      ["◂", "earlier", () => look(from - span / 2, span)],
      ["▸", "later", () => look(from + span / 2, span)],
      ["whole", "all of it", () => look(whole[0], whole[2])],
    ]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.title = title;
      button.setAttribute("aria-label", title);
      button.addEventListener("click", act);
      buttons.append(button);
    }
    figure.append(buttons);

    let began = null, shade = null;
    data.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button !== 0) return;
      began = at(event);
      shade = document.createElementNS(ns, "rect");
      shade.setAttribute("class", "select");
      shade.setAttribute("y", top);
      shade.setAttribute("height", high);
      shade.setAttribute("width", 0);
      outer.append(shade);
      data.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    const over = (event) => {
      const t = at(event);
      if (shade) {
        shade.setAttribute("x", Math.min(place(began), place(t)));
        shade.setAttribute("width", Math.abs(place(t) - place(began)));
        return;
      }
      const own = event.target.closest?.("[data-tip]")?.dataset.tip;
      let near = null;
      for (const curve of curves) {
        if (t < curve[0][0] || t > curve[curve.length - 1][0]) continue;
        let low = 0, up = curve.length - 1;
        while (up - low > 1) { const mid = (low + up) >> 1; if (curve[mid][0] <= t) low = mid; else up = mid; }
        near = t - curve[low][0] < curve[up][0] - t ? curve[low] : curve[up];
      }
      show([said(kind, t), near && near[1].toFixed(1) + "°", own].filter(Boolean).join(", "), event);
    };
    data.addEventListener("pointermove", over);
    data.addEventListener("click", over);
    const done = (event) => {
      if (!shade) return;
      shade.remove();
      shade = null;
      const t = at(event);
      if (event.type === "pointerup" && Math.abs(place(t) - place(began)) > 4) look(Math.min(t, began), Math.abs(t - began));
    };
    data.addEventListener("pointerup", done);
    data.addEventListener("pointercancel", done);
    data.addEventListener("pointerleave", hide);
    data.addEventListener("dblclick", () => look(whole[0], whole[2]));
  }

  for (const one of document.querySelectorAll("[data-tip]")) {
    if (one.closest("svg.data")) continue;
    for (const kind of ["pointermove", "click"]) one.addEventListener(kind, (event) => show(one.dataset.tip, event));
    one.addEventListener("pointerleave", hide);
  }
})();
