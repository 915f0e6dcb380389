// The landing page as customers meet it: a small phone, a mail scanner's prefetch,
// no JavaScript, a keyboard, dark mode, a screen reader's view (axe).
//
//   cargo build -p usher-local && npm ci && npm test

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { CHROMIUM, SCREENSHOTS, start } from './usher.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const CI = process.env.CI === 'true';
if (!CHROMIUM && CI) throw new Error('no Chromium found; install it or set CHROMIUM');
if (!CHROMIUM) console.log('SKIPPED: browser tests need Chromium (apt install chromium, or set CHROMIUM)');

describe('the landing page', { skip: !CHROMIUM && 'no Chromium' }, () => {
  let usher;
  let browser;
  let page;
  let trouble;

  before(async () => {
    usher = await start();
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
        '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
  });

  after(async () => {
    await browser?.close();
    usher?.stop();
  });

  /** A page that notes console errors and requests to anyone but Usher. */
  async function open(options = {}) {
    await page?.context().close();
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, ...options });
    page = await context.newPage();
    page.setDefaultTimeout(10_000);
    page.on('console', (line) => {
      // The browser asks for an icon by itself, once; no page of ours does.
      const icon = new URL(line.location().url || usher.url).pathname === '/favicon.ico';
      if (line.type() === 'error' && !icon) trouble.push(line.text());
    });
    page.on('pageerror', (error) => trouble.push(error.message));
    page.on('request', (request) => {
      const { origin } = new URL(request.url());
      if (origin !== usher.url) trouble.push(`request to ${origin}`);
    });
    return page;
  }

  beforeEach(() => { trouble = []; });

  afterEach(async () => {
    await page?.context().close();
    page = undefined;
    assert.deepEqual(trouble, []);
  });

  /** Does what submits the form, and waits for the page it leads to. */
  const submit = (act) => Promise.all([page.waitForEvent('load'), act()]);

  const button = (action) => page.locator(`button[name=action][value=${action}]`);
  const shoot = (name) => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });

  /** What axe finds, put in by the debugger: the page itself may run no script. */
  async function violations() {
    await page.evaluate(AXE);
    const found = await page.evaluate(() => globalThis.axe.run(document, { preload: false }));
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
  }

  for (const width of [360, 800]) {
    for (const colorScheme of ['light', 'dark']) {
      test(`is accessible and whole at ${width} px, ${colorScheme}`, async () => {
        const meeting = await usher.announce();
        await open({ viewport: { width, height: 740 }, colorScheme });
        const answer = await page.goto(meeting.link);
        assert.equal(answer.status(), 200);
        await shoot(`landing-${width}-${colorScheme}`);
        const text = await page.locator('body').innerText();
        for (const fact of ['Roof inspection', '2:00', '123 Main St', 'Dana Field']) {
          assert.ok(text.includes(fact), `the page says ${fact}`);
        }
        for (const [action, word] of [['accept', /accept/i], ['decline', /decline/i], ['reschedule', /reschedule/i]]) {
          assert.match(await button(action).innerText(), word);
          const { height } = await button(action).boundingBox();
          assert.ok(height >= 44, `${action} is large enough for a thumb: ${height} px`);
        }
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, `nothing is cut off sideways: ${overflow} px`);
        assert.equal(await page.locator('script').count(), 0, 'data is no markup');
        assert.deepEqual(await violations(), []);
      });
    }
  }

  for (const action of ['accept', 'decline', 'reschedule']) {
    test(`a link with ${action} preselects it and changes nothing`, async () => {
      const meeting = await usher.announce();
      await open({ javaScriptEnabled: false });
      await page.goto(`${meeting.link}&action=${action}`);
      await page.reload();
      await shoot(`preselected-${action}`);
      const preselected = await page.locator('[name=action][aria-current], [name=action].preselected, [name=action][autofocus], [name=action][checked]').evaluateAll((all) => all.map((one) => one.value));
      assert.deepEqual([...new Set(preselected)], [action]);
      const head = await fetch(`${meeting.link}&action=${action}`, { method: 'HEAD' });
      assert.equal(head.status, 200);
      assert.equal(await meeting.status(), 'INVITED');
    });
  }

  test('one click accepts, without JavaScript', async () => {
    const meeting = await usher.announce();
    await open({ javaScriptEnabled: false });
    await page.goto(meeting.link);
    await submit(() => button('accept').click());
    await shoot('accepted');
    assert.equal(await meeting.status(), 'CONFIRMED');
  });

  test('the page after an answer is accessible too', async () => {
    const meeting = await usher.announce();
    await open();
    await page.goto(meeting.link);
    await submit(() => button('decline').click());
    await shoot('declined');
    assert.equal(await meeting.status(), 'DECLINED');
    assert.deepEqual(await violations(), []);
  });

  test('a reason goes with a decline, by keyboard alone', async () => {
    const meeting = await usher.announce();
    await open({ javaScriptEnabled: false });
    await page.goto(`${meeting.link}&action=decline`);
    const focused = () => page.locator(':focus');
    async function tabTo(selector) {
      for (let presses = 0; presses < 40; presses++) {
        if (await focused().and(page.locator(selector)).count()) return;
        await page.keyboard.press('Tab');
      }
      assert.fail(`${selector} cannot be reached with the keyboard`);
    }
    await tabTo('[name=reason]');
    await page.keyboard.type('Away until the 9th');
    await tabTo('button[name=action][value=decline]');
    await shoot('keyboard-focus');
    await submit(() => page.keyboard.press('Enter'));
    assert.equal(await meeting.status(), 'DECLINED');
    const { notifications } = await usher.call('GET', `/v1/notifications?meeting=${meeting.id}`);
    assert.equal(notifications[0].answers[0].reason, 'Away until the 9th');
  });

  test('the link in the email leads to the same page', async () => {
    const meeting = await usher.announce();
    await open();
    await page.setContent(meeting.email.html);
    const hrefs = await page.locator('a').evaluateAll((all) => all.map((a) => a.href));
    const accept = hrefs.find((href) => href.includes('/meeting/landing') && href.includes('action=accept'));
    trouble = []; // An email may show the business's logo; the page may load nothing.
    const answer = await page.goto(accept);
    assert.equal(answer.status(), 200);
    assert.equal(await meeting.status(), 'INVITED');
  });

  test('a link that is no good gets a friendly, accessible page', async () => {
    await open();
    const answer = await page.goto(`${usher.url}/meeting/landing?token=no-such-token`);
    assert.ok(answer.status() >= 400 && answer.status() < 500);
    trouble = trouble.filter((line) => !line.includes(String(answer.status())));
    await shoot('bad-link');
    assert.deepEqual(await violations(), []);
  });
});
