// The landing page as customers meet it: a small phone, a mail scanner's prefetch,
// no JavaScript, a keyboard, dark mode, a screen reader's view (axe).
//
//   cargo build -p usher-local && npm ci && npm test

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { SKIP, launch, overflow, shoot as shootPage, violations as violationsOf } from './chromium.mjs';
import { start } from './usher.mjs';

describe('the landing page', { skip: SKIP }, () => {
  let usher;
  let browser;
  let page;
  let trouble;

  before(async () => {
    usher = await start();
    browser = await launch();
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
  const shoot = (name) => shootPage(page, name);
  const violations = () => violationsOf(page);

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
        const beyond = await overflow(page);
        assert.ok(beyond <= 0, `nothing is cut off sideways: ${beyond} px`);
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

  for (const [language, words] of [['de', 'Zusagen'], ['es', 'Aceptar'], ['fr', 'Accepter']]) {
    test(`is whole and accessible in ${language}`, async () => {
      const meeting = await usher.announce(language);
      await open();
      await page.goto(meeting.link);
      await shoot(`landing-${language}`);
      assert.equal(await page.locator('html').getAttribute('lang'), language);
      assert.equal(await button('accept').innerText(), words);
      assert.ok(await overflow(page) <= 0);
      assert.deepEqual(await violations(), []);
    });
  }

  test('reminders end with a press of the button, without JavaScript, and can be had again', async () => {
    const meeting = await usher.announce();
    const link = meeting.link.replace('/landing', '/unsubscribe');
    await open();
    const answer = await page.goto(link);
    assert.equal(answer.status(), 404, 'the link of an SMS ends no emails');
    trouble = trouble.filter((line) => !line.includes('404'));
    const [token] = meeting.email.text.match(/(?<=landing\?token=)[A-Za-z0-9._~-]+/);
    await open({ javaScriptEnabled: false });
    await page.goto(`${usher.url}/meeting/unsubscribe?token=${token}`);
    await shoot('unsubscribe');
    await submit(() => button('stop').click());
    await shoot('unsubscribed');
    assert.match(await page.locator('main').innerText(), /no more reminder emails/);
    await submit(() => button('resume').click());
    await open();
    await page.goto(`${usher.url}/meeting/unsubscribe?token=${token}`);
    assert.equal(await button('stop').count(), 1);
    assert.deepEqual(await violations(), []);
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
