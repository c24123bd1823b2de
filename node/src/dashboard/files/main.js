// The page: takes what the node tells, puts it where it belongs, and says how the connection stands.

import { BlocksChart } from "./charts.js";
import { count, element, figure, plural, time } from "./format.js";
import { showHottest, showMempool, showStages, showTransactions } from "./lists.js";
import { lookup } from "./lookup.js";
import { Node } from "./node.js";
import { showTimelines } from "./timeline.js";

/** Blocks that are kept: as many as the node tells of. */
const KEPT_COUNT = 150;
/** Blocks before those that are kept for their transactions: a quiet hour hides nothing that happened. */
const KEPT_BUSY_COUNT = 25;
/** Between two fetches at least; blocks may be faster. */
const FETCH_PAUSE_MS = 250;
const WINDOW_MS = 10000;

const at = (id) => document.getElementById(id);
const node = new Node();
let blocks = [];
let fetching = false;
let isStale = false;
/** When each block was first seen here, for figures a second: block times are whole seconds. */
const seen = new Map();

const chart = new BlocksChart(at("blocks-chart"), at("block-readout"), (text) => (location.hash = text));

function setState(state, text) {
  document.body.dataset.state = state;
  at("connection-text").textContent = text;
}

async function refresh() {
  if (fetching) return void (isStale = true);
  fetching = true;
  try {
    const state = await node.state(blocks.at(-1)?.number ?? null);
    if (blocks.length && state.height < blocks.at(-1).number) {
      // Another ledger answers: what was drawn is of the one before.
      blocks = [];
      seen.clear();
      isStale = true;
    } else {
      take(state);
    }
  } catch (error) {
    console.warn(`figures could not be fetched: ${error.message}`);
  } finally {
    setTimeout(() => {
      fetching = false;
      if (isStale) {
        isStale = false;
        refresh();
      }
    }, FETCH_PAUSE_MS);
  }
}

function take(state) {
  const isFirst = !blocks.length;
  const now = Date.now();
  const known = blocks.at(-1)?.number ?? -1;
  const added = state.blocks.filter((block) => block.number > known);
  for (const block of added) seen.set(block.number, isFirst ? block.unixTime * 1000 : now);
  blocks = keep([...blocks, ...added]);
  for (const [number, since] of seen) if (since < now - WINDOW_MS) seen.delete(number);
  setState("live", `Block ${count(state.height)}`);
  at("notice").hidden = true;
  draw(state);
}

/** The last blocks, and of those before them the last that hold transactions. */
function keep(all) {
  const before = all.slice(0, -KEPT_COUNT).filter((block) => block.transactions);
  return [...before.slice(-KEPT_BUSY_COUNT), ...all.slice(-KEPT_COUNT)];
}

function draw(state) {
  drawFigures(state);
  chart.show(blocks);
  showTimelines(at("workers"), blocks);
  at("hot-note").textContent = state.hottest.length ? `over the last ${plural(state.hottestOverBlocks, "block")}` : "";
  showHottest(at("hot"), state.hottest);
  showMempool(at("mempool"), state);
  showStages(at("stages"), blocks);
  showTransactions(at("transactions"), blocks);
  at("node-line").textContent = `Sealane ${state.version} · identity ${state.identity.slice(0, 8)}… · genesis ${state.genesisHash.slice(0, 8)}…`;
}

function drawFigures(state) {
  const since = Date.now() - WINDOW_MS;
  const recent = blocks.filter((block) => seen.get(block.number) >= since);
  const transactions = recent.reduce((sum, block) => sum + block.transactions, 0);
  at("throughput").textContent = figure(transactions / (WINDOW_MS / 1000));
  const busy = recent.filter((block) => block.transactions);
  const path = busy.reduce((sum, block) => sum + block.criticalPath, 0);
  const last = blocks.findLast((block) => block.transactions);
  at("parallelism").textContent = path ? figure(transactions / path) : last ? figure(last.parallelism) : "–";
  at("parallelism-note").textContent = path || !last ? "transactions over critical path" : `block ${count(last.number)}, the last with transactions`;
  at("confirmation").textContent = last?.waitedMs ? figure(last.waitedMs.p50) : "–";
  at("confirmation-note").textContent = last?.waitedMs ? `median; 99 % within ${time(last.waitedMs.p99 * 1000)}` : "no transaction yet";
  at("waiting").textContent = count(state.mempool.transactions);
}

async function showLookup() {
  const text = decodeURIComponent(location.hash.slice(1)).trim();
  const result = at("result");
  if (!text || text === "content") return void (result.hidden = true);
  at("query").value = text;
  at("result-title").textContent = "Looking…";
  at("result-body").replaceChildren();
  result.hidden = false;
  try {
    const found = await lookup(node, text);
    if (decodeURIComponent(location.hash.slice(1)).trim() !== text) return;
    at("result-title").textContent = found.title;
    at("result-body").replaceChildren(...found.body);
  } catch (error) {
    at("result-title").textContent = "Not found";
    at("result-body").replaceChildren(element("p", { class: "empty" }, error.message));
  }
  result.focus({ preventScroll: true });
  const { top } = result.getBoundingClientRect();
  if (top < 0 || top > innerHeight / 2) result.scrollIntoView({ block: "start" });
}

function closeLookup() {
  history.pushState(null, "", location.pathname);
  at("result").hidden = true;
  at("query").value = "";
  at("query").focus();
}

at("search").addEventListener("submit", (event) => {
  event.preventDefault();
  const hash = `#${encodeURIComponent(at("query").value.trim())}`;
  if (hash === location.hash) showLookup();
  else location.hash = hash;
});
at("result-close").addEventListener("click", closeLookup);
at("retry").addEventListener("click", () => node.connect());
addEventListener("hashchange", showLookup);
addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof HTMLInputElement;
  if (event.key === "/" && !isTyping) {
    event.preventDefault();
    at("query").focus();
  } else if (event.key === "Escape" && !at("result").hidden) {
    closeLookup();
  }
});

node.addEventListener("live", () => {
  refresh();
  if (location.hash.length > 1) showLookup();
});
node.addEventListener("block", refresh);
node.addEventListener("lost", (event) => {
  setState("lost", "Not connected");
  at("notice-text").textContent = `The connection to the node was lost. Trying again in ${figure(event.detail / 1000)} s; what stands below is of before.`;
  at("notice").hidden = false;
});
node.connect();
