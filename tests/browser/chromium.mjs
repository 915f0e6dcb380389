// Chromium, and what axe says of a page in it.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { CHROMIUM, SCREENSHOTS } from './usher.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

if (!CHROMIUM && process.env.CI === 'true') throw new Error('no Chromium found; install it or set CHROMIUM');
if (!CHROMIUM) console.log('SKIPPED: browser tests need Chromium (apt install chromium, or set CHROMIUM)');

/** Why the tests of a file are skipped; false if they are not. */
export const SKIP = !CHROMIUM && 'no Chromium';

export const launch = () => chromium.launch({
  executablePath: CHROMIUM,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

/** What axe finds, put in by the debugger: the page itself may run no script. */
export async function violations(page, options = {}) {
  await page.evaluate(AXE);
  const run = (given) => globalThis.axe.run(document, { preload: false, ...given });
  const found = await page.evaluate(run, options);
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
}

/** By how many pixels a page is wider than its window. */
export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

export const shoot = (page, name) => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
