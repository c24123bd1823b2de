// The node's page in Chromium. `node/tests/dashboard.rs` starts a node and sets SEALANE_URL; SEALANE_SHOTS names a folder for
// screenshots to look at.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const url = process.env.SEALANE_URL;
const shots = process.env.SEALANE_SHOTS;
const ADDRESS = "SysvarC1ock11111111111111111111111111111111";
let browser;

before(async () => {
  browser = await chromium.launch({ executablePath: process.env.SEALANE_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
});
after(() => browser?.close());

/** A page that is live; `complaints` are what its console said. */
async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => !request.url().startsWith(url) && !request.url().startsWith("data:") && complaints.push(`outside: ${request.url()}`));
  await page.goto(url);
  await page.waitForSelector('body[data-state="live"]');
  return { page, complaints, close: () => context.close() };
}

async function call(method, params) {
  const answer = await fetch(url, { method: "POST", body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }) });
  const { result, error } = await answer.json();
  assert.equal(error, undefined, JSON.stringify(error));
  return result;
}

test("an empty node says what to do, then a transaction appears within two seconds, with its logs", async () => {
  const { page, complaints, close } = await open();
  assert.match(await page.textContent("#transactions"), /sealane airdrop/);
  const receiver = "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi";
  const signature = await call("requestAirdrop", [receiver, 1_000_000_000]);
  const item = page.locator(`#transactions li[data-signature="${signature}"]`);
  await item.waitFor({ timeout: 2000 });
  await item.locator("summary").click();
  assert.match(await item.locator(".inside").innerText(), /Program 11111111111111111111111111111111 success|It logged nothing/);
  assert.match(await page.textContent("#block-readout"), /Block \d/);
  assert.deepEqual(complaints, []);
  await close();
});

test("accounts, programs, signatures and blocks are looked up, and what is none says so", async () => {
  const { page, complaints, close } = await open();
  const signature = await call("requestAirdrop", ["4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi", 2_000_000_000]);
  await page.locator(`#transactions li[data-signature="${signature}"]`).waitFor();
  const find = async (text, title, inside) => {
    await page.fill("#query", text);
    await page.press("#query", "Enter");
    await page.waitForFunction((title) => document.getElementById("result-title").textContent.startsWith(title), title);
    assert.match(await page.innerText("#result-body"), inside);
  };
  await find(signature, "Transaction", /succeeded/);
  await find("4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi", "Account", /SOL/);
  await find("11111111111111111111111111111111", "Program", /Owner/);
  await find(ADDRESS, "Account", /Sysvar/);
  await find("1", "Block 1", /Hash/);
  await find("not an address", "Not found", /no address/);
  await find("99999999", "Not found", /./);
  assert.deepEqual(complaints, []);
  await close();
});

test("everything is reached with the keyboard alone, and has a name", async () => {
  const { page, close } = await open();
  const signature = await call("requestAirdrop", ["4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi", 3_000_000_000]);
  await page.locator(`#transactions li[data-signature="${signature}"]`).waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  const reached = new Set();
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement.id || document.activeElement.tagName.toLowerCase()));
  }
  for (const place of ["query", "blocks-chart", "summary", "a"]) assert.ok(reached.has(place), `${place} is not among ${[...reached]}`);
  await page.focus("#blocks-chart");
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  const chosen = await page.textContent("#block-readout b");
  await page.keyboard.press("Enter");
  await page.waitForFunction((chosen) => document.getElementById("result-title").textContent === chosen, chosen);
  await page.keyboard.press("Escape");
  assert.equal(await page.isHidden("#result"), true);
  assert.equal(await page.evaluate(() => document.activeElement.id), "query");
  await page.keyboard.press("Tab");
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "query");
  const nameless = await page.evaluate(() =>
    [...document.querySelectorAll("a, button, input, [role=img], [role=group], pre")]
      .filter((one) => one.checkVisibility() && !one.closest("[aria-hidden=true]"))
      .filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim() || one.labels?.length || one.value))
      .map((one) => one.outerHTML),
  );
  assert.deepEqual(nameless, []);
  await close();
});

for (const [name, options] of [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["phone", { colorScheme: "light", viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }],
  ["small", { colorScheme: "dark", viewport: { width: 320, height: 640 } }],
]) {
  test(`${name}: it fits, and its text can be read`, async () => {
    const { page, complaints, close } = await open(options);
    await page.waitForTimeout(500);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(overflow, 0, "nothing stands out to the side");
    const contrast = await page.evaluate(() => {
      const light = (colour) => {
        const [r, g, b] = colour.match(/\d+/g).map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      const card = light(getComputedStyle(document.querySelector(".card")).backgroundColor);
      return ["h2", ".aside", ".readout", "dt"].map((one) => ratio(light(getComputedStyle(document.querySelector(`.card ${one}`)).color), card));
    });
    for (const ratio of contrast) assert.ok(ratio >= 4.5, `contrast ${contrast}`);
    if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
    assert.deepEqual(complaints, []);
    await close();
  });
}

test("a connection that is lost is said, and comes back", async () => {
  const { page, close } = await open();
  await page.context().setOffline(true);
  await page.evaluate(() => window.dispatchEvent(new Event("offline")));
  // Chromium keeps open sockets when it goes offline; a page that is loaded anew has none.
  await page.context().setOffline(false);
  await page.routeWebSocket(/./, (socket) => socket.close());
  await page.reload();
  await page.waitForSelector('body[data-state="lost"]');
  assert.match(await page.textContent("#notice"), /lost.*Trying again/s);
  await page.focus("#retry");
  await close();
});
