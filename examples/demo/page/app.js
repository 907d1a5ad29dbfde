import { fetchFile, MAX_FILE_BYTES, noise, sendFile } from "./files.js";
import { Link } from "./link.js";
import { Mirror, readableTime } from "./mirror.js";
import { Plot } from "./plot.js";
import { initTheme } from "./theme.js";
import {
  showMessage,
  showNotice,
  showPair,
  showPeople,
  showStates,
  TransferView,
} from "./views.js";

const $ = (id) => document.getElementById(id);

/** For visitors who can't think of a name. */
const BIRDS = [
  "Avocet",
  "Bittern",
  "Curlew",
  "Dipper",
  "Egret",
  "Grebe",
  "Kingfisher",
  "Lapwing",
  "Plover",
  "Teal",
];
/** How often the meters are read. */
const METER_INTERVAL = 250;
/** How often the candidate pair is looked at: it can change. */
const PAIR_INTERVAL = 1000;

let link;
let ownName = "";

initTheme($("theme"));
$("name").value = localStorage.name || BIRDS[Math.floor(Math.random() * BIRDS.length)];
$("name").select();

$("join").addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = $("name").value.trim();
  if (!name) return;
  localStorage.name = name;
  $("connect").disabled = true;
  $("problem").textContent = "";
  setPhase("connecting", "Connecting\u2026");
  try {
    await join(name);
  } catch (error) {
    link.close();
    setPhase("ended", "Not connected");
    $("problem").textContent = error.message;
  }
  $("connect").disabled = false;
});

$("leave").addEventListener("click", () => link.close());

$("compose").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text || link.chat.readyState !== "open") return;
  link.say({ type: "say", text });
  showMessage({ text, mine: true });
  $("text").value = "";
});

$("file").addEventListener("change", ({ target }) => {
  for (const file of target.files) send(file);
  target.value = "";
});
$("sample").addEventListener("click", () => send(noise(32)));

for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
  $("drop").addEventListener(name, (event) => {
    event.preventDefault();
    $("drop").classList.toggle("over", name === "dragenter" || name === "dragover");
    if (name === "drop") { for (const file of event.dataTransfer.files) send(file); }
  });
}

async function join(name) {
  link = new Link();
  link.addEventListener("change", () => changed());
  link.addEventListener("said", ({ detail }) => heard(detail));
  await link.open();
  link.addEventListener("end", ended);
  link.say({ type: "hello", name });
  $("log").replaceChildren();
  $("transfers").replaceChildren();
  $("recordings").replaceChildren();
  $("welcome").hidden = true;
  $("desk").hidden = false;
  $("leave").hidden = false;
  $("text").focus();
  new Mirror(link, { onRecorded: fetchRecording, onProblem: showNotice });
  measure(link);
}

function changed() {
  showStates(link);
  const { connectionState } = link.pc;
  if (connectionState === "connected") setPhase("connected", "Connected");
  if (connectionState === "disconnected") setPhase("troubled", "Heron is silent\u2026");
}

function ended() {
  setPhase("ended", "Connection ended");
  $("desk").hidden = true;
  $("leave").hidden = true;
  $("welcome").hidden = false;
  $("problem").textContent = "The connection has ended.";
  $("connect").focus();
}

function setPhase(phase, text) {
  document.body.dataset.phase = phase;
  $("status-text").textContent = text;
}

/** Something came over the channel `chat`: see server/protocol.ts. */
function heard(message) {
  switch (message.type) {
    case "welcome":
      ownName = message.name;
      return showPeople(message.people, ownName);
    case "people":
      showPeople(message.people, ownName);
      return showNotice(message.note);
    case "said":
      return showMessage(message);
    case "file":
      return offerFile(message);
  }
}

/** Somebody's file lies with Heron: whoever wants it can fetch it. */
function offerFile(card) {
  showNotice(`${card.from} shares ${card.name}.`);
  const view = new TransferView(card.name, card.size, `from ${card.from}`);
  view.offer("Fetch", () => fetch(card, view));
}

/** Heron has recorded something: it is fetched at once, to be played. */
async function fetchRecording(card) {
  if (card.size === 0) return showNotice("There was nothing to record.");
  const what = `recorded, ${readableTime(card.duration)}`;
  const view = new TransferView(card.name, card.size, what, $("recordings"));
  const blob = await fetch(card, view);
  if (blob) view.offerPlaying(new Blob([blob], { type: "video/webm" }));
}

async function fetch(card, view) {
  view.begin("fetching");
  try {
    const { blob, ours, theirs } = await fetchFile(link, card, (bytes) => view.progress(bytes));
    view.finish("fetched", ours, theirs);
    view.offerSaving(blob, card.name);
    return blob;
  } catch (error) {
    view.fail(error.message);
  }
}

async function send(file) {
  const { name, size } = file;
  const view = new TransferView(name, size, "sending");
  if (size > MAX_FILE_BYTES) return view.fail("It is larger than 256 MiB");
  view.begin("sending");
  try {
    const { id, ours, theirs } = await sendFile(link, file, (bytes) => view.progress(bytes));
    view.finish("sent", ours, theirs);
    if (ours === theirs) view.offer("Fetch it back", () => fetch({ id, name, size }, view));
  } catch (error) {
    view.fail(error.message);
  }
}

/** Runs the meters for as long as `measured` is open. */
function measure(measured) {
  const rates = new Plot($("rate-plot"), { series: 2, least: 0.1, filled: true });
  const trips = new Plot($("trip-plot"), { series: 1, least: 1, filled: false });
  let last = [...measured.traffic];
  let lastAt = performance.now();

  measured.addEventListener("trip", ({ detail }) => {
    trips.add(0, detail);
    const recent = trips.values(0).slice(-40).sort((a, b) => a - b);
    $("trip").textContent = detail.toFixed(detail < 100 ? 1 : 0);
    $("trip-detail").textContent = `median ${recent[recent.length >> 1].toFixed(1)}, ` +
      `best ${recent[0].toFixed(1)}`;
  });

  const read = setInterval(() => {
    const now = performance.now();
    const megabytes = measured.traffic.map((bytes, i) => (bytes - last[i]) / 1000 / (now - lastAt));
    megabytes.forEach((rate, i) => rates.add(i, rate));
    $("rate").textContent = (megabytes[0] + megabytes[1]).toFixed(2);
    last = [...measured.traffic];
    lastAt = now;
  }, METER_INTERVAL);

  const look = async () => {
    const pair = await measured.selectedPair();
    if (pair) showPair(pair);
  };
  const looking = setInterval(look, PAIR_INTERVAL);
  look();

  let frame = requestAnimationFrame(function draw() {
    rates.draw();
    trips.draw();
    frame = requestAnimationFrame(draw);
  });

  measured.addEventListener("end", () => {
    clearInterval(read);
    clearInterval(looking);
    cancelAnimationFrame(frame);
  });
}
