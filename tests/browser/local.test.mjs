// The pages of the machine itself, where a newcomer begins: readable in light and dark,
// on a phone, and the console is their first link.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SKIP, launch, overflow, shoot, violations } from './chromium.mjs';
import { start } from './usher.mjs';

describe('the start page and the outbox', { skip: SKIP }, () => {
  let usher;
  let browser;

  before(async () => {
    usher = await start();
    await usher.announce('en');
    browser = await launch();
  });

  after(async () => {
    await browser?.close();
    usher?.stop();
  });

  for (const colorScheme of ['light', 'dark']) {
    for (const width of [360, 1280]) {
      for (const [name, path] of [['start', '/'], ['outbox', '/_local/outbox']]) {
        test(`${name}, ${colorScheme}, ${width} px`, async () => {
          const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
          const page = await context.newPage();
          await page.goto(usher.url + path);
          assert.deepEqual(await violations(page, { iframes: false }), []);
          assert.equal(await overflow(page), 0);
          await shoot(page, `local-${name}-${colorScheme}-${width}`);
          await context.close();
        });
      }
    }
  }

  test('the console is the first link', async () => {
    const page = await browser.newPage();
    await page.goto(usher.url);
    await page.locator('a').first().click();
    assert.equal(new URL(page.url()).pathname, '/console');
  });
});
