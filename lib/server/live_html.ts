import { STYLE } from "../report/_page_style.ts";

/** The live page: what it shows comes as events of the server, and it may load nothing else. */
export const LIVE_HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Thorax: training</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="live.css">
</head>
<body>
<header>
<h1 id="run">Training</h1>
<p class="lead" id="work" role="status">Starting</p>
<progress id="done" max="1" value="0" aria-labelledby="work"></progress>
<dl class="highlights" id="highlights"></dl>
<div id="warnings"></div>
</header>
<main>
<section aria-labelledby="training-title" hidden>
<h2 id="training-title">Loss and AUC</h2>
<div class="scroll" tabindex="0" role="group" aria-labelledby="training-title"><div class="figure wide" id="training" role="img" aria-labelledby="training-title"></div></div>
</section>
<section aria-labelledby="auc-title" hidden>
<h2 id="auc-title">Validation AUC by finding</h2>
<div class="scroll"><div class="figure" id="auc" role="img" aria-labelledby="auc-title"></div></div>
<div class="scroll" tabindex="0" role="group" aria-labelledby="auc-title">
<table><thead><tr><th scope="col">Finding</th><th scope="col" class="number">Last epoch</th>
<th scope="col" class="number">Best epoch</th></tr></thead><tbody id="findings"></tbody></table>
</div>
</section>
<section aria-labelledby="picture-title" hidden>
<h2 id="picture-title">Where the network looks</h2>
<p class="how">Grad-CAM after the last epoch, the plain image beside it. Not for medical use.</p>
<div class="pictures"><figure><img id="picture" alt=""><figcaption id="caption"></figcaption></figure></div>
</section>
</main>
<script src="plotly.js"></script>
<script src="live.js"></script>
</body>
</html>
`;

/** Its look: the report's, which it becomes. */
export const LIVE_STYLE = `${STYLE}
progress { width: 100%; height: .6rem; accent-color: var(--accent); }
[hidden] { display: none; }
#findings tr:hover { background: none; }
`;

/** Its program. plotly.js writes styles as attributes, which the page's policy refuses, so they are set as properties. */
export const LIVE_SCRIPT = `"use strict";
const { setAttribute } = Element.prototype;
Element.prototype.setAttribute = function (name, value) {
  if (name === "style") this.style.cssText = value;
  else setAttribute.call(this, name, value);
};
const at = (id) => document.getElementById(id);
const element = (name, text, className) => {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
};
const say = (id, text) => { if (at(id).textContent !== text) at(id).textContent = text; };
const show = (id) => { at(id).closest("section").hidden = false; };

function draw(id, { data, layout }) {
  show(id);
  const { title, ...rest } = layout;
  const margin = { ...layout.margin, t: 24 };
  Plotly.react(at(id), data, { ...rest, margin }, { responsive: true, displaylogo: false, displayModeBar: false });
}

function update(state) {
  const { run, work, done, highlights, warnings, figures, findings, picture, stage } = state;
  document.title = (stage === "running" ? Math.floor(100 * done) + " % " + work : stage) + " - " + (run ?? "Thorax");
  say("run", run ?? "Training");
  say("work", stage === "stopped" ? "Stopped before the end" : work);
  at("done").value = done;
  at("done").hidden = stage !== "running";
  at("highlights").replaceChildren(...highlights.map(({ name, value }) => {
    const one = element("div", "");
    one.append(element("dt", name), element("dd", value));
    return one;
  }));
  at("warnings").replaceChildren(...warnings.map((text) => element("p", text, "warning")));
  if (figures) for (const id of ["training", "auc"]) draw(id, figures[id]);
  at("findings").replaceChildren(...findings.map(({ name, last, best }) => {
    const row = element("tr", "");
    const head = element("th", name);
    head.scope = "row";
    row.append(head, element("td", last, "number"), element("td", best, "number"));
    return row;
  }));
  if (picture && at("picture").src !== picture.address) {
    show("picture");
    at("picture").src = picture.address;
    at("picture").alt = picture.caption;
    say("caption", picture.caption);
  }
}

const events = new EventSource("events");
events.onmessage = ({ data }) => {
  const state = JSON.parse(data);
  update(state);
  document.documentElement.dataset.stage = state.stage;
  if (state.stage === "running") return;
  events.close();
  if (state.stage === "finished") location.replace("report.html");
};
events.onerror = () => {
  if (events.readyState === EventSource.CLOSED || document.documentElement.dataset.stage !== "running") return;
  say("work", "No longer connected to the training");
};
`;
