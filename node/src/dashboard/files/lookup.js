// Look-ups: what a text names (account, program, signature, block) is told by its form and asked of the node.

import { blockLink, bytes, count, element, lookupLink, moment, plural, short, sol } from "./format.js";

const BASE58 = /^[1-9A-HJ-NP-Za-km-z]+$/;
const LISTED_COUNT = 20;
const DATA_SHOWN_CHARS = 1024;

/** What is found: a title, and what stands below it. Fails with a message for people. */
export async function lookup(node, text) {
  // The system program's address is digits alone, too: 32 of them.
  if (/^[0-9][0-9, ]*$/.test(text) && text.length < 32) return block(node, Number(text.replace(/[, ]/g, "")));
  if (!BASE58.test(text)) throw new Error("This is no address, signature or block number: those are letters and digits, without 0, O, I and l.");
  if (text.length >= 64) return transaction(node, text);
  if (text.length >= 32 && text.length <= 44) return account(node, text);
  throw new Error(`This has ${text.length} characters: an address has 32 to 44, a signature 86 to 88.`);
}

const facts = (rows) => element("dl", {}, ...rows.filter(Boolean).flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
const code = (text, label) => element("pre", { tabindex: "0", "aria-label": label }, text);

async function block(node, number) {
  const found = await node.call("getBlock", [number, { transactionDetails: "signatures", rewards: false, maxSupportedTransactionVersion: 1 }]);
  if (!found) throw new Error(`There is no block ${count(number)} yet.`);
  const signatures = found.signatures ?? [];
  const body = [facts([
    ["Hash", element("span", { class: "mono" }, found.blockhash)],
    ["Parent", blockLink(found.parentSlot, `block ${count(found.parentSlot)}`)],
    ["Time", moment(found.blockTime)],
    ["Transactions", count(signatures.length)],
  ])];
  if (signatures.length) {
    body.push(element("h3", {}, "Signatures"));
    body.push(element("ul", { class: "list" }, ...signatures.slice(0, LISTED_COUNT).map((signature) => element("li", {}, lookupLink(signature, short(signature, 14))))));
    if (signatures.length > LISTED_COUNT) body.push(element("p", { class: "aside" }, `and ${count(signatures.length - LISTED_COUNT)} more`));
  }
  return { title: `Block ${count(number)}`, body };
}

async function transaction(node, signature) {
  const found = await node.call("getTransaction", [signature, { encoding: "jsonParsed", commitment: "confirmed", maxSupportedTransactionVersion: 1 }]);
  if (!found) throw new Error("No block that this node keeps has a transaction of that signature.");
  const { meta } = found;
  const keys = found.transaction.message.accountKeys;
  const role = (key) => [key.signer && "signer", key.writable ? "writable" : "read-only"].filter(Boolean).join(", ");
  const status = meta.err ? element("span", { class: "status failed" }, `failed: ${JSON.stringify(meta.err)}`) : element("span", { class: "status done" }, "succeeded");
  const body = [
    facts([
      ["Status", status],
      ["Signature", element("span", { class: "mono" }, signature)],
      ["Block", blockLink(found.slot)],
      ["Time", moment(found.blockTime)],
      ["Fee", `${count(meta.fee)} lamports`],
      ["Units", count(meta.computeUnitsConsumed ?? 0)],
    ]),
    element("h3", {}, "Accounts"),
    facts(keys.map((key) => [role(key), lookupLink(key.pubkey, key.pubkey)])),
    element("h3", {}, "Logs"),
    meta.logMessages?.length ? code(meta.logMessages.join("\n"), "Logs") : element("p", { class: "aside" }, "It logged nothing."),
  ];
  return { title: "Transaction", body };
}

async function account(node, address) {
  const [{ value }, history] = await Promise.all([
    node.call("getAccountInfo", [address, { encoding: "jsonParsed" }]),
    node.call("getSignaturesForAddress", [address, { limit: LISTED_COUNT }]),
  ]);
  if (!value && !history.length) throw new Error("There is no account at this address, and no transaction names it.");
  const body = [element("p", { class: "mono" }, address)];
  if (value) body.push(element("h3", {}, "State"), accountFacts(value));
  else body.push(element("p", { class: "empty" }, "There is no account at this address now."));
  if (value && !Array.isArray(value.data) && value.data.parsed) body.push(element("h3", {}, "Data"), code(JSON.stringify(value.data.parsed, null, 2), "Data"));
  else if (value?.data?.[0]) body.push(element("h3", {}, "Data, base64"), code(cut(value.data[0]), "Data"));
  body.push(element("h3", {}, "Transactions"));
  if (history.length) body.push(element("ul", { class: "list" }, ...history.map(historyItem)));
  else body.push(element("p", { class: "aside" }, "No block that this node keeps names it."));
  return { title: value?.executable ? "Program" : "Account", body };
}

const accountFacts = (value) =>
  facts([
    ["Balance", sol(value.lamports)],
    ["Owner", lookupLink(value.owner, value.owner)],
    ["Size", bytes(value.space ?? 0)],
    value.executable && ["Executable", "yes"],
  ]);

const cut = (text) => (text.length > DATA_SHOWN_CHARS ? `${text.slice(0, DATA_SHOWN_CHARS)}… (${plural(text.length - DATA_SHOWN_CHARS, "more character")})` : text);

function historyItem(entry) {
  const status = entry.err ? element("span", { class: "status failed" }, "failed") : element("span", { class: "status done" }, "succeeded");
  return element("li", {}, lookupLink(entry.signature, short(entry.signature, 12)), " ", status, element("span", { class: "aside" }, ` · block ${count(entry.slot)}`));
}
