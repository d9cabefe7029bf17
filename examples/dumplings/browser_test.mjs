// Orders dumplings in a real Chromium and sees the numbers called.
//
//   npm install && node browser_test.mjs [URL] [--screenshots DIR] [--chromium PATH]
//
// With a URL, the shop that is open there is tested: `--pace 20` makes it quick, `--pace 1` gives the better screenshots.
// Without one, $KRAIT_BUILD_DIR/examples/dumplings is opened on a free port, and closed at the end. Every wait is for an event of the page or of the server; nothing sleeps. Exits 0 when all passed, 1 when one failed,
// 2 when it could not start.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const sizes = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 900 } },
};

function usage(why) {
  console.error(`browser_test: ${why}\nusage: node browser_test.mjs [URL] [--screenshots DIR] [--chromium PATH]`);
  process.exit(2);
}

function parseCommandLine() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { screenshots: { type: 'string' }, chromium: { type: 'string', default: '/usr/bin/chromium' } },
    });
    if (positionals.length > 1) usage('one URL is enough');
    if (positionals.length === 0 && !process.env.KRAIT_BUILD_DIR) usage('a URL is needed, or KRAIT_BUILD_DIR');
    return { base: positionals[0] && new URL(positionals[0]), ...values };
  } catch (error) {
    return usage(error.message);
  }
}

const options = parseCommandLine();

// ---- the stage ----

// Stands between the browser and the shop, so that a test can cut the wire without stopping the shop.
class Gate {
  #sockets = new Set();
  #server = null;
  #port = 0;

  get url() { return `http://127.0.0.1:${this.#port}`; }

  async open() {
    this.#server = net.createServer((near) => {
      const far = net.connect(Number(options.base.port) || 80, options.base.hostname);
      for (const [socket, other] of [[near, far], [far, near]]) {
        this.#sockets.add(socket);
        socket.on('error', () => other.destroy());
        socket.on('close', () => { this.#sockets.delete(socket); other.destroy(); });
        socket.pipe(other);
      }
    });
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = this.#server.address().port;
  }

  async close() {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

// Opens a shop of our own and waits until it says where it listens; gives what closes it.
async function openShop() {
  const port = await freePort();
  const shop = spawn(`${process.env.KRAIT_BUILD_DIR}/examples/dumplings`, ['--port', port, '--pace', '20'],
    { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  const opened = new Promise((resolve) => {
    for (const stream of [shop.stdout, shop.stderr]) {
      createInterface(stream).on('line', (line) => {
        said.push(line);
        if (line.includes(`127.0.0.1:${port}`)) resolve();
      });
    }
  });
  const closed = once(shop, 'close');
  const failed = closed.then(([code]) => { throw new Error(`the shop ended with ${code} before it opened:\n${said.join('\n')}`); });
  await Promise.race([opened, failed]);
  failed.catch(() => {});
  options.base = new URL(`http://127.0.0.1:${port}`);
  return async () => {
    shop.kill('SIGTERM');
    const [code] = await closed;
    assert.equal(code, 0, `the shop ended with ${code}:\n${said.slice(-20).join('\n')}`);
  };
}

const shopUrl = (path) => new URL(path, options.base);

async function menu() {
  return (await fetch(shopUrl('/api/menu'))).json();
}

async function orderByHand(name, lines) {
  const reply = await fetch(shopUrl('/orders'), {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name, lines }),
  });
  assert.equal(reply.status, 201);
  return reply.json();
}

// Listens at the counter, beside the browser, until the shop calls `number`.
async function heardCalled(number) {
  const request = http.get(shopUrl(`/events?number=${number}`));
  const [response] = await once(request, 'response');
  let text = '';
  for await (const part of response.setEncoding('utf8')) {
    text += part;
    if (/^event: called$/m.test(text)) break;
  }
  request.destroy();
}

// Opens the shop's page; `complaints` collects what a clean page never says.
async function visit(browser, { size = 'desktop', url = options.base.href, locale = 'en-US', context, ...more } = {}) {
  const own = context ?? await browser.newContext({ ...sizes[size], locale, ...more });
  const page = await own.newPage();
  page.complaints = [];
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) page.complaints.push(message.text()); });
  page.on('pageerror', (error) => page.complaints.push(error.message));
  await page.goto(url);
  await page.locator('.dish').first().waitFor();
  await page.locator('#live[data-state="open"]').waitFor();
  return page;
}

// The page has said nothing but what `expected` allows.
function assertQuiet(page, expected = /(?!)/) {
  assert.deepEqual(page.complaints.filter((text) => !expected.test(text)), []);
}

const plus = (page, dish) => page.locator(`[data-dish="${dish}"] .stepper button:last-child`);
const ticketIs = (page, state) => page.locator(`body[data-ticket="${state}"]`).waitFor();

async function order(page, name, dishes) {
  for (const dish of dishes) await plus(page, dish).click();
  await page.getByLabel(/Name for the order|您怎么称呼/).fill(name);
  await page.locator('#order').click();
  await page.locator('#ticket').waitFor();
  return Number(await page.locator('#ticket-number').textContent());
}

async function assertFits(page) {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= window, `the page is ${content} wide in a window of ${window}`);
}

// ---- the tests ----

const tests = {};

for (const size of Object.keys(sizes)) {
  tests[`${size}: the menu stands there with both names and every price`] = async (browser) => {
    const page = await visit(browser, { size });
    const { dishes } = await menu();
    assert.equal(await page.locator('.dish').count(), dishes.length);
    for (const dish of dishes) {
      const text = await page.locator(`[data-dish="${dish.id}"]`).innerText();
      for (const part of [dish.zh, dish.en, `¥${dish.price.toFixed(2)}`]) assert.ok(text.includes(part), `${part} in ${text}`);
    }
    await assertFits(page);
    assertQuiet(page);
  };

  tests[`${size}: an order gets a number and the number is called`] = async (browser) => {
    const page = await visit(browser, { size });
    const { dishes: [first, second] } = await menu();
    const number = await order(page, 'Mei', [first.id, first.id, second.id]);
    assert.ok(number > 0);
    await ticketIs(page, 'ready');
    const shown = String(number).padStart(3, '0');
    assert.match(await page.locator('#call').textContent(), new RegExp(shown));
    assert.match(await page.title(), new RegExp(`${shown}.*ready`));
    assert.ok((await page.locator('#ticket').innerText()).includes(`¥${(2 * first.price + second.price).toFixed(2)}`));
    await page.locator(`#ready [data-number="${number}"]`).waitFor({ state: 'attached' });
    await assertFits(page);
    assertQuiet(page);
  };
}

tests['another customer\'s order passes over the board'] = async (browser) => {
  const page = await visit(browser);
  const { dishes: [dish] } = await menu();
  const { number } = await orderByHand('Somebody else', [{ dish: dish.id, qty: 1 }]);
  await page.locator(`#ready [data-number="${number}"]`).waitFor({ state: 'attached' });
  assert.equal(await page.locator('#ticket').isVisible(), false);
  assertQuiet(page);
};

tests['an empty slip and a missing name are told apart before anything is sent'] = async (browser) => {
  const page = await visit(browser);
  await page.locator('#order').click();
  assert.equal(await page.locator('#form-error').innerText(), 'Choose a dish first.');
  await plus(page, (await menu()).dishes[0].id).click();
  await page.locator('#order').click();
  assert.equal(await page.locator('#name-error').innerText(), 'Please write a name.');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'name');
  assertQuiet(page);
};

tests['what the server refuses is said at the field, and the order is kept'] = async (browser) => {
  const page = await visit(browser);
  await plus(page, (await menu()).dishes[0].id).click();
  await page.locator('#name').fill('x'.repeat(41));
  await page.locator('#order').click();
  await page.locator('#name-error').waitFor();
  assert.equal(await page.locator('#name-error').innerText(), 'At most 40 characters, please.');
  assert.equal(await page.locator('#name').getAttribute('aria-invalid'), 'true');
  assert.equal(await page.locator('#docket-lines li').count(), 1);
  assertQuiet(page, /status of 422/);
};

tests['a reload keeps the number; another tab has none'] = async (browser) => {
  const page = await visit(browser);
  const number = await order(page, 'Li', [(await menu()).dishes[0].id]);
  await page.reload();
  assert.equal(Number(await page.locator('#ticket-number').textContent()), number);
  await ticketIs(page, 'ready');
  const other = await visit(browser, { context: page.context() });
  assert.equal(await other.locator('#ticket').isVisible(), false);
  assertQuiet(page);
  assertQuiet(other);
};

tests['nine tabs of one browser follow the board together'] = async (browser) => {
  const first = await visit(browser);
  const context = first.context();
  const tabs = [first];
  while (tabs.length < 9) tabs.push(await visit(browser, { context }));
  const dish = (await menu()).dishes[0].id;
  const number = await order(tabs.at(-1), 'Wang', [dish]);
  await ticketIs(tabs.at(-1), 'ready');
  for (const tab of tabs) await tab.locator(`#ready [data-number="${number}"]`).waitFor({ state: 'attached' });

  await first.close();  // it read the stream for all; another takes over
  const { number: next } = await orderByHand('Zhao', [{ dish, qty: 1 }]);
  for (const tab of tabs.slice(1)) await tab.locator(`#ready [data-number="${next}"]`).waitFor({ state: 'attached' });
  for (const tab of tabs) assertQuiet(tab);
};

tests['a lost connection is said, and a number called meanwhile is not missed'] = async (browser) => {
  const gate = new Gate();
  await gate.open();
  const page = await visit(browser, { url: gate.url });
  const number = await order(page, 'Chen', [(await menu()).dishes[0].id]);
  await gate.close();
  await page.locator('#notice').waitFor();
  await heardCalled(number);
  await gate.open();
  await ticketIs(page, 'ready');
  await page.locator('#notice').waitFor({ state: 'hidden' });
  await gate.close();
  assertQuiet(page, /ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED|ERR_SOCKET/);
};

tests['an order that cannot be sent says so and can be sent again'] = async (browser) => {
  const gate = new Gate();
  await gate.open();
  const page = await visit(browser, { url: gate.url });
  await plus(page, (await menu()).dishes[0].id).click();
  await page.locator('#name').fill('Sun');
  await gate.close();
  await page.locator('#order').click();
  await page.locator('#form-error').waitFor();
  await gate.open();
  await page.locator('#live[data-state="open"]').waitFor();
  await page.locator('#order').click();
  await ticketIs(page, 'ready');
  await page.locator('#again').click();
  assert.equal(await page.locator('#docket').isVisible(), true);
  assert.equal(await page.locator('#docket-lines li').count(), 0);
  await gate.close();
  assertQuiet(page, /ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED|ERR_SOCKET/);
};

tests['a number from before a restart is given up'] = async (browser) => {
  const page = await visit(browser);
  await order(page, 'Zhou', [(await menu()).dishes[0].id]);
  await ticketIs(page, 'ready');  // from here on the page leaves its storage alone
  await page.evaluate(() => {
    const ticket = JSON.parse(sessionStorage.getItem('dumplings.ticket'));
    sessionStorage.setItem('dumplings.ticket', JSON.stringify({ ...ticket, status: 'waiting', shift: 'yesterday' }));
  });
  await page.reload();
  await ticketIs(page, 'lost');
  await page.locator('#again').click();
  assert.equal(await page.locator('#docket').isVisible(), true);
  assertQuiet(page);
};

tests['the reader\'s language is the browser\'s until another is chosen'] = async (browser) => {
  const page = await visit(browser, { locale: 'zh-CN' });
  assert.equal(await page.locator('#order').innerText(), '下单取号');
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
  await page.locator('#language').click();
  assert.equal(await page.locator('#order').innerText(), 'Take a number');
  await page.reload();
  await page.locator('.dish').first().waitFor();
  assert.equal(await page.locator('#order').innerText(), 'Take a number');
  assertQuiet(page);
};

tests['the whole order can be made with the keyboard'] = async (browser) => {
  const page = await visit(browser);
  const { dishes: [dish] } = await menu();
  await plus(page, dish.id).focus();
  await page.keyboard.press('Enter');
  await page.locator('#name').focus();
  await page.keyboard.type('Xu');
  await page.keyboard.press('Enter');
  await page.locator('#ticket').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'ticket-title');
  await ticketIs(page, 'ready');
  assertQuiet(page);
};

tests['who asked for less motion gets only the meters'] = async (browser) => {
  const page = await visit(browser, { reducedMotion: 'reduce' });
  await order(page, 'He', [(await menu()).dishes[0].id]);
  const seen = new Set();
  const look = async () => (await page.evaluate(() => document.getAnimations().map((animation) => animation.animationName ?? 'transition')))
    .forEach((name) => seen.add(name));
  await look();  // the wisps of steam are always there, if unseen
  await ticketIs(page, 'ready');
  await look();
  seen.delete('fill');
  assert.deepEqual([...seen].filter((name) => name !== 'transition'), []);
  assertQuiet(page);
};

// ---- the screenshots in docs/ ----

async function crowd(count) {
  const { dishes } = await menu();
  for (let index = 0; index < count; ++index) {
    await orderByHand(`Guest ${index + 1}`, [{ dish: dishes[index % dishes.length].id, qty: 1 + (index % 3) }]);
  }
}

// The desktop chooses while the kitchen works; the phone is called.
async function photograph(browser, folder) {
  await mkdir(folder, { recursive: true });
  const { dishes } = await menu();
  const desktop = await visit(browser);
  const phone = await visit(browser, { size: 'phone' });
  await crowd(5);
  await order(phone, 'Mei', [dishes[0].id, dishes[0].id, dishes.at(-1).id]);
  await crowd(13);
  for (const dish of [dishes[0], dishes[0], dishes[5] ?? dishes[0]]) await plus(desktop, dish.id).click();
  await desktop.locator('#name').fill('Mei');
  await desktop.evaluate(() => document.activeElement.blur());
  await ticketIs(phone, 'ready');
  await phone.evaluate(() => Promise.all(
    [...document.querySelectorAll('.ticket .number, .ticket .stamp, #ready li')].flatMap((part) => part.getAnimations())
      .map((animation) => animation.finished)));
  await phone.screenshot({ path: `${folder}/dumplings-phone.png` });
  await desktop.mouse.move(0, 0);
  await desktop.screenshot({ path: `${folder}/dumplings-desktop.png` });
  console.log(`wrote ${folder}/dumplings-phone.png and ${folder}/dumplings-desktop.png`);
}

// ---- the run ----

async function run() {
  const browser = await chromium.launch({
    executablePath: options.chromium,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  let failed = 0;
  for (const [sentence, test] of Object.entries(tests)) {
    try {
      await test(browser);
      console.log(`ok      ${sentence}`);
    } catch (error) {
      ++failed;
      console.log(`FAILED  ${sentence}\n        ${String(error.stack).replaceAll('\n', '\n        ')}`);
    }
    for (const context of browser.contexts()) await context.close();
  }
  if (options.screenshots && failed === 0) await photograph(browser, options.screenshots);
  await browser.close();
  const count = Object.keys(tests).length;
  console.log(failed === 0 ? `dumplings in the browser: all ${count} passed` : `dumplings in the browser: ${failed} of ${count} FAILED`);
  return failed === 0 ? 0 : 1;
}

async function main() {
  const closeShop = options.base ? async () => {} : await openShop();
  await menu().catch((error) => usage(`cannot reach the shop at ${options.base.href}: ${error.cause?.message ?? error.message}`));
  try {
    return await run();
  } finally {
    await closeShop();
  }
}

process.exitCode = await main().catch((error) => {
  console.error(`browser_test: cannot finish: ${error.stack}`);
  return 2;
});
