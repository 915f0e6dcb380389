// The built-in emails as customers see them: on a phone and on a desk, by day and by
// night, in every language. The pictures are in the folder of the other screenshots.
//
//   cargo build -p usher-local && npm ci && npm test

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SKIP, launch, overflow, shoot, violations } from './chromium.mjs';
import { start } from './usher.mjs';

// An email is a part of its reader's page: the landmarks are there.
const WCAG = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] };
const TYPES = ['confirmation', 'confirmation_request', 'reminder', 'update', 'cancellation'];

describe('the built-in emails', { skip: SKIP }, () => {
  let usher;
  let browser;

  before(async () => {
    usher = await start();
    browser = await launch();
    const settings = await usher.call('GET', '/v1/settings');
    await usher.call('PUT', '/v1/settings', {
      ...settings, business_name: 'Progrid Windows & Doors', business_phone: '+1 202 555 0100',
      business_email: 'office@progrid.example.com', business_address: '1 Main St, Springfield',
    });
    await usher.call('PUT', '/v1/templates/looks', { name: 'Looks' });
  });

  after(async () => {
    await browser?.close();
    usher?.stop();
  });

  /** The email of a type, opened as a mail program would: it loads nothing. */
  async function open(type, language, options) {
    const trial = { type, language };
    const { html } = await usher.call('POST', '/v1/templates/looks/preview', trial);
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const requests = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.setContent(html);
    return { page, requests };
  }

  for (const type of TYPES) {
    for (const width of [360, 800]) {
      for (const colorScheme of ['light', 'dark']) {
        test(`${type} is whole and readable at ${width} px, ${colorScheme}`, async () => {
          const { page, requests } = await open(type, 'en', { viewport: { width, height: 740 }, colorScheme });
          await shoot(page, `email-${type}-${width}-${colorScheme}`);
          assert.ok(await overflow(page) <= 0, 'nothing is cut off sideways');
          // Contrast, names of links and images, language: in both schemes.
          assert.deepEqual(await violations(page, WCAG), []);
          assert.deepEqual(requests, []);
          for (const button of await page.locator('.button a').all()) {
            const { height, width: wide } = await button.boundingBox();
            assert.ok(height >= 44, `large enough for a thumb: ${height} px`);
            if (width === 360) assert.ok(wide > 300, `as wide as the text: ${wide} px`);
          }
          await page.context().close();
        });
      }
    }
  }

  for (const language of ['de', 'es', 'fr']) {
    for (const type of TYPES) {
      test(`${type} is whole on a phone in ${language}`, async () => {
        const { page } = await open(type, language, { viewport: { width: 360, height: 740 } });
        await shoot(page, `email-${type}-${language}`);
        assert.equal(await page.locator('html').getAttribute('lang'), language);
        assert.ok(await overflow(page) <= 0, 'nothing is cut off sideways');
        await page.context().close();
      });
    }
  }
});
