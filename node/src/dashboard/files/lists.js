// The lists of the page: hottest accounts, the mempool, recent transactions.

import { bytes, count, element, empty, lookupLink, plural, rough, share, short, time } from "./format.js";

const LISTED_COUNT = 25;
const STAGES = { sanitize: "Read and check", verify: "Signatures", schedule: "Schedule", load: "Load accounts", execute: "Execute", commit: "Commit", root: "Roots" };
const REFUSED = { known: "known already", blockhash: "with an old blockhash", signature: "with a wrong signature", full: "when full", stopped: "when stopped" };

export function showHottest(place, hottest) {
  if (!hottest.length) {
    return place.replaceChildren(empty("Nobody has waited: no two transactions of a recent block wanted the same account."));
  }
  const most = hottest[0].waitingUnits || 1;
  const row = (account) => {
    const name = element("td", {}, lookupLink(account.address, short(account.address, 7)));
    if (account.waiting.length) {
      const links = account.waiting.slice(-2).flatMap((signature, index) => [index ? ", " : "", lookupLink(signature, short(signature, 4))]);
      name.append(element("div", { class: "waited" }, "waiting on the critical path: ", ...links));
    }
    name.append(share(account.waitingUnits / most));
    return element("tr", {}, name, cell(count(account.waiters)), cell(count(account.writers), "optional"), cell(rough(account.waitingUnits)));
  };
  const head = element("tr", {}, heading("Account", ""), heading("Waited"), heading("Writers", "right optional"), heading("Units waited"));
  place.replaceChildren(element("table", {}, element("thead", {}, head), element("tbody", {}, ...hottest.map(row))));
}

const heading = (text, kind = "right") => element("th", { scope: "col", class: kind }, text);
const cell = (text, kind = "") => element("td", { class: `right ${kind}` }, text);

export function showMempool(place, { mempool, storeBytes }) {
  const meter = (name, value, limit, format) =>
    element("div", { class: "meter" }, element("p", {}, element("span", {}, `${format(value)} ${name}`), element("span", {}, `of ${format(limit)}`)), share(value / limit));
  const refused = Object.entries(mempool.refused).filter(([, times]) => times > 0).sort((a, b) => b[1] - a[1]);
  const facts = [["Oldest", mempool.oldestMs === null ? "nothing waits" : `waits for ${time(mempool.oldestMs * 1000)}`]];
  facts.push(["Refused", refused.length ? refused.map(([reason, times]) => `${count(times)} ${REFUSED[reason] ?? reason}`).join(", ") : "none since the node started"]);
  facts.push(["On disk", bytes(storeBytes)]);
  place.replaceChildren(
    meter(mempool.transactions === 1 ? "transaction" : "transactions", mempool.transactions, mempool.transactionLimit, count),
    meter("", mempool.bytes, mempool.byteLimit, bytes),
    element("dl", {}, ...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])),
  );
}

/** CPU time a transaction by stage, over blocks that held some. */
export function showStages(place, blocks) {
  const busy = blocks.filter((block) => block.transactions);
  const transactions = busy.reduce((sum, block) => sum + block.transactions, 0);
  if (!transactions) return place.replaceChildren(empty("Nothing was executed yet."));
  const stages = Object.keys(STAGES).map((stage) => [stage, busy.reduce((sum, block) => sum + block.stagesUs[stage], 0) / transactions]);
  const most = Math.max(...stages.map(([, micros]) => micros), 0.001);
  const row = ([stage, micros]) => element("tr", {}, element("td", {}, STAGES[stage], share(micros / most)), cell(time(micros)));
  place.replaceChildren(element("table", { class: "tight" }, element("tbody", {}, ...stages.map(row))));
}

/** Rows are kept while they stay, so that one that was opened stays open, and focus where it is. */
export function showTransactions(place, blocks) {
  const recent = blocks.flatMap((block) => [...block.listed].reverse().map((transaction) => ({ ...transaction, block: block.number }))).slice(-LISTED_COUNT).reverse();
  if (!recent.length) {
    return place.replaceChildren(empty("No transactions lately: try ", "sealane airdrop 1 ADDRESS", ", or point a wallet at this address."));
  }
  let list = place.querySelector("ul");
  if (!list) place.replaceChildren((list = element("ul", { class: "list" })));
  const wanted = new Set(recent.map((transaction) => transaction.signature));
  const there = new Map();
  for (const item of [...list.children]) {
    if (wanted.has(item.dataset.signature)) there.set(item.dataset.signature, item);
    else item.remove();
  }
  let before = null;
  for (const transaction of recent) {
    const item = there.get(transaction.signature) ?? transactionItem(transaction);
    const next = before ? before.nextElementSibling : list.firstElementChild;
    if (item !== next) list.insertBefore(item, next);
    before = item;
  }
}

function transactionItem(transaction) {
  const status = transaction.failure ? element("span", { class: "status failed" }, "failed") : element("span", { class: "status done" }, "succeeded");
  const summary = element(
    "summary",
    {},
    element("span", { class: "mono short", title: transaction.signature }, short(transaction.signature, 10)),
    status,
    element("span", { class: "right optional" }, `block ${count(transaction.block)}`),
    element("span", { class: "right optional" }, plural(transaction.units, "unit")),
  );
  const about = element("p", { class: "aside" }, lookupLink(transaction.signature, "Look it up"), ` · block ${count(transaction.block)}, batch ${count(transaction.batch)} · fee ${count(transaction.feeLamports)} lamports`);
  const inside = element("div", { class: "inside" }, about);
  if (transaction.failure) inside.append(element("p", { class: "status failed" }, transaction.failure));
  inside.append(transaction.logs.length ? element("pre", { tabindex: "0", "aria-label": "Logs" }, transaction.logs.join("\n")) : element("p", { class: "aside" }, "It logged nothing."));
  return element("li", { "data-signature": transaction.signature }, element("details", {}, summary, inside));
}
