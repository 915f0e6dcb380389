// The staff console as staff meet it: a first visit, a day's work, a phone, a keyboard,
// no JavaScript, a screen reader's view (axe).
//
//   cargo build -p usher-local && npm ci && npm test

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { SKIP, launch, overflow, shoot as shootPage, violations } from './chromium.mjs';
import { SCREENSHOTS, start } from './usher.mjs';

const DESK = { width: 1200, height: 900 };
const PHONE = { width: 360, height: 740 };

describe('the staff console', { skip: SKIP }, () => {
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
    const context = await browser.newContext({ viewport: DESK, ...options });
    page = await context.newPage();
    page.setDefaultTimeout(10_000);
    page.on('console', (line) => {
      // A page that refuses is told by its status too, which Chromium logs.
      const refused = /status of (409|422|428)/.test(line.text());
      // The browser asks for the landing page's icon by itself.
      const icon = new URL(line.location().url || usher.url).pathname === '/favicon.ico';
      if (line.type() === 'error' && !refused && !icon) trouble.push(`${page.url()}: ${line.text()}`);
    });
    page.on('pageerror', (error) => trouble.push(error.message));
    page.on('request', (request) => {
      const { origin } = new URL(request.url());
      if (origin !== usher.url && origin !== 'null') trouble.push(`request to ${origin}`);
    });
    return page;
  }

  beforeEach(async () => {
    trouble = [];
    await open();
  });

  afterEach(() => assert.deepEqual(trouble, []));

  const go = (path) => page.goto(usher.url + path);
  const shoot = (name) => shootPage(page, `console-${name}`);

  async function sound(name) {
    // Frames are other people's texts; theirs are looked at where messages are tested.
    assert.deepEqual(await violations(page, { iframes: false }), [], name);
    assert.equal(await overflow(page), 0, `${name} is wider than its window`);
  }

  let made = 0;
  /** A meeting in the console's books, through its API. */
  async function book(title, more = {}) {
    const id = `console-${++made}`;
    const day = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
    await usher.call('PUT', `/v1/meetings/${id}`, {
      title,
      starts_at: `${day}T14:00`,
      timezone: 'America/New_York',
      location: { address: '123 Main St, Springfield' },
      attendees: [{ id: 'ann', name: 'Ann Lee', email: 'ann@customer.example', phone: '+12065550123' }],
      ...more,
    });
    return { id, day };
  }

  const send = (id, type, key) => usher.call('POST', `/v1/meetings/${id}/notifications`, { type }, { 'idempotency-key': key });

  async function fillMeeting(title) {
    const day = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10);
    await page.getByLabel('Title').fill(title);
    await page.getByLabel('Start').fill(`${day}T10:00`);
    await page.getByLabel('Minutes').fill('45');
    await page.getByLabel('Time zone').fill('America/New_York');
    await page.getByLabel('Address').fill('1 Main St, Springfield');
    await page.getByLabel('Name', { exact: true }).fill('Bo Reyes');
    await page.getByLabel('Email', { exact: true }).fill('bo@customer.example');
    await page.getByLabel('Phone', { exact: true }).fill('+12065550124');
    return day;
  }

  test('a first visit finds an empty calendar and the way to a first meeting', async () => {
    await go('/console');
    await page.getByRole('link', { name: 'New meeting' }).waitFor();
    await sound('first visit');
    await shoot('first-visit');
  });

  test('book, preview in a dialog, send, be answered, see it', async () => {
    await go('/console');
    await page.getByRole('link', { name: 'New meeting' }).click();
    await fillMeeting('Patio doors');
    await sound('new meeting');
    await shoot('new-meeting');
    await page.getByRole('button', { name: 'Save', exact: true }).last().click();
    await page.getByText('Saved. Nothing was sent.').waitFor();
    await page.getByRole('link', { name: 'Request RSVP' }).click();
    const dialog = page.frameLocator('dialog iframe');
    await dialog.getByText('bo@customer.example').waitFor();
    const mail = dialog.frameLocator('iframe.mail');
    await mail.getByRole('heading', { name: 'Patio doors' }).waitFor();
    // The email's looks are its own, and allowed by their hashes.
    const wash = await mail.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
    assert.notEqual(wash, 'rgba(0, 0, 0, 0)');
    await page.screenshot({ path: join(SCREENSHOTS, 'console-dialog.png') });
    await dialog.getByRole('button', { name: 'Request RSVP' }).click();
    await page.getByText('Sent.', { exact: true }).waitFor();
    const outbox = await usher.call('GET', '/_local/outbox.json');
    const link = outbox.map(({ text }) => text.match(/http:\S+token=[\w-]+/)?.[0]).filter(Boolean).at(-1);
    const meeting = page.url();
    await page.goto(link.replace(/\.$/, ''));
    await page.getByText('Accept', { exact: true }).first().click();
    const confirm = page.locator('form button').first();
    if (await page.getByText('Thank you').count() === 0) await confirm.click();
    await page.goto(meeting.split('?')[0]);
    await page.getByText('Accepted').first().waitFor();
    await sound('meeting');
    await shoot('meeting');
  });

  test('Escape closes the dialog, nothing is sent, and the focus is back', async () => {
    const { id } = await book('Escape');
    const before = (await usher.call('GET', '/_local/outbox.json')).length;
    await go(`/console/meetings/${id}`);
    await page.getByRole('link', { name: 'Send Confirmation' }).click();
    await page.frameLocator('dialog iframe').getByText('ann@customer.example').waitFor();
    await page.locator('dialog iframe').focus();
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Send Confirmation');
    assert.equal((await usher.call('GET', '/_local/outbox.json')).length, before);
  });

  test('after a move the update is due, goes out, and says what was before', async () => {
    const { id, day } = await book('Skylight');
    await send(id, 'confirmation', 'browser-move');
    await go(`/console/meetings/${id}/edit`);
    await page.getByLabel('Start').fill(`${day}T16:30`);
    await page.getByRole('button', { name: 'Save', exact: true }).last().click();
    await page.getByText('Customers know other details').waitFor();
    await sound('update due');
    await shoot('update-due');
    await go('/console');
    await page.getByText('Update due').first().waitFor();
    await sound('attention');
    await page.getByRole('link', { name: 'Skylight' }).first().click();
    await page.getByRole('link', { name: 'Send Update' }).click();
    const dialog = page.frameLocator('dialog iframe');
    await dialog.getByRole('button', { name: 'Send Update' }).click();
    await page.getByText('Customer knows').waitFor();
  });

  test('a cancellation wants a tick, tells the customer and archives', async () => {
    const { id } = await book('Bay window');
    await send(id, 'confirmation', 'browser-cancel');
    await go(`/console/meetings/${id}/send/cancellation`);
    await sound('cancellation');
    await shoot('cancellation');
    await page.getByRole('button', { name: 'Send Cancellation' }).click();
    assert.match(page.url(), /send\/cancellation$/, 'without the tick nothing happens');
    for (const box of await page.getByRole('checkbox').all()) await box.check();
    await page.getByRole('button', { name: 'Send Cancellation' }).click();
    await page.getByText('Archived', { exact: true }).first().waitFor();
    await page.getByText('Cancelled').first().waitFor();
  });

  test('the log is filtered to what failed, and one is retried', async () => {
    const { id } = await book('Garage door', { attendees: [{ name: 'Cy Poe', email: 'cy@customer.example' }] });
    await usher.call('POST', '/_local/faults', { service: 'ses', effect: 'refuse' });
    await send(id, 'confirmation', 'browser-fail');
    await go('/console/notifications');
    await sound('log');
    await shoot('log');
    await page.getByLabel('Status').selectOption('failed');
    await page.getByRole('button', { name: 'Filter' }).click();
    assert.match(page.url(), /status=failed/);
    await page.locator('tbody a').first().click();
    await page.getByText('Cy Poe').first().waitFor();
    await sound('failed notification');
    await shoot('notification');
    await page.getByRole('button', { name: 'Retry what failed' }).click();
    await page.getByText('Sent.', { exact: true }).waitFor();
    await page.getByText('Sent', { exact: true }).first().waitFor();
  });

  test('two people edit: the merge page keeps both changes', async () => {
    const { id } = await book('Measure');
    await go(`/console/meetings/${id}/edit`);
    await usher.call('PUT', `/v1/meetings/${id}`, {
      ...(await theirs(id)), title: 'Measure twice', duration_minutes: 90,
    });
    await page.getByLabel('Minutes').fill('45');
    await page.getByLabel('Description').fill('Bring a ladder.');
    await page.getByRole('button', { name: 'Save', exact: true }).last().click();
    await page.getByText('Somebody else changed this while you did').waitFor();
    await sound('merge');
    await shoot('merge');
    await page.getByLabel('Yours: 45').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved. Nothing was sent.').waitFor();
    const merged = await usher.call('GET', `/v1/meetings/${id}`);
    assert.deepEqual(
      [merged.title, merged.duration_minutes, merged.description],
      ['Measure twice', 45, 'Bring a ladder.'],
    );
  });

  /** What an API program would write back of a meeting. */
  async function theirs(id) {
    const { starts_at, timezone, location, attendees } = await usher.call('GET', `/v1/meetings/${id}`);
    const known = attendees.map(({ id: name, name: called, email, phone }) => ({ id: name, name: called, email, phone }));
    return { starts_at, timezone, location, attendees: known };
  }

  test('the inbox and the settings', async () => {
    await usher.call('POST', '/_local/sms', { from: '+12065550177', to: '+12065550100', body: 'Is this the window people?' });
    await go('/console/inbox');
    await page.getByText('Is this the window people?').waitFor();
    await sound('inbox');
    await shoot('inbox');
    await page.getByRole('button', { name: 'Dealt with' }).click();
    await page.getByText('Dealt with').waitFor();
    await go('/console/settings');
    await sound('settings');
    await shoot('settings');
    await page.getByLabel('Default region').fill('Narnia');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('#default_region[aria-invalid]').waitFor();
    await sound('settings with a mistake');
  });

  test('a template is edited: its preview follows, and lint stands beside the field', async () => {
    await go('/console/templates/new');
    await page.getByLabel('Name').fill('Kitchen visit');
    await page.getByRole('button', { name: 'Confirmation', exact: true }).click();
    assert.equal(await page.getByLabel('Name').inputValue(), 'Kitchen visit');
    const preview = page.frameLocator('iframe.preview');
    await page.getByLabel('Subject').first().fill('See you on {{ meeting.date }}');
    await preview.getByText(/See you on \w+/).waitFor();
    await sound('template');
    await shoot('template');
    await page.getByLabel('SMS', { exact: true }).first().fill('Come at {{ meeting.tiem }}');
    await page.locator('.mistake', { hasText: 'tiem' }).waitFor();
    // What is sound is still shown, and a screen reader is told.
    await preview.getByText(/See you on \w+/).waitFor();
    await page.locator('[data-preview-status]', { hasText: 'Preview: 1 to mend' }).waitFor({ state: 'attached' });
    await sound('template with lint');
    await shoot('lint');
    await page.getByRole('button', { name: 'Save', exact: true }).last().click();
    await page.getByText('to mend').first().waitFor();
    await page.getByLabel('SMS', { exact: true }).first().fill('Come at {{ meeting.time }}: {{ link }}');
    await page.getByRole('button', { name: 'Save', exact: true }).last().click();
    await page.getByText('Saved. What is sent').waitFor();
    await go('/console/templates');
    await sound('templates');
    await page.getByRole('button', { name: 'Duplicate Kitchen visit' }).click();
    await page.getByText('This is the copy.').waitFor();
  });

  test('parts of a template are added where one is, and colours are picked', async () => {
    await go('/console/templates/new');
    await page.getByLabel('Name').fill('Doors');
    await page.getByRole('button', { name: 'Confirmation', exact: true }).click();
    await page.locator('#configs\\.0 summary').first().click();
    await page.getByRole('button', { name: 'Reminder', exact: true }).click();
    await page.locator('#configs\\.1[open]').waitFor();
    assert.match(page.url(), /#configs\.1$/);
    assert.equal(await page.locator('#configs\\.0').getAttribute('open'), null, 'what was shut stays shut');
    const top = await page.locator('#configs\\.1').evaluate((part) => part.getBoundingClientRect().top);
    assert.ok(top >= -1 && top < 900, `the new part is in view, at ${top}`);
    const colour = page.locator('#configs\\.1 input[data-colour]').first();
    await page.getByLabel('Pick: Colour of buttons').last().fill('#aa3300');
    assert.equal(await colour.inputValue(), '#aa3300');
    await sound('template with parts');
    await shoot('template-parts');
    await go('/console/template-variables');
    await sound('variables');
  });

  test('every page fits a phone', async () => {
    const { id } = await book('Phone');
    const sent = await send(id, 'confirmation', 'browser-phone');
    const [{ id: name, attendee, deliveries }] = sent.notifications;
    const email = deliveries.find(({ channel }) => channel === 'email');
    await usher.call('POST', '/_local/feedback', { message_id: email.provider_message_id, event: 'bounce' });
    await open({ viewport: PHONE, hasTouch: true, isMobile: true });
    const row = encodeURIComponent(name);
    const paths = ['', '?view=list', `/meetings/${id}`, '/meetings/new', `/meetings/${id}/send/cancellation`,
      '/notifications', `/notifications/${row}`, '/suppressions', '/reach', '/figures', '/inbox', '/settings', '/templates', '/templates/new', '/template-variables'];
    for (const path of paths) {
      await go(`/console${path}`);
      await sound(`${path} on a phone`);
      await shoot(`phone${path.replace(/\W+/g, '-').replace(/console-\d+/, 'm').slice(0, 40)}`);
    }
    await usher.call('DELETE', `/v1/suppressions/${encodeURIComponent(attendee.email)}`, { reason: 'This was a test' });
  });

  test('in the dark', async () => {
    const { id } = await book('Night');
    await open({ colorScheme: 'dark' });
    for (const path of ['', `/meetings/${id}`, '/notifications', '/figures', '/settings']) {
      await go(`/console${path}`);
      await sound(`${path} in the dark`);
    }
    await shoot('dark');
  });

  test('with the keyboard alone a confirmation is sent', async () => {
    const { id } = await book('Keyboard');
    await go(`/console/meetings/${id}`);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
    await page.keyboard.press('Enter');
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(() => document.activeElement.textContent) === 'Send Confirmation') break;
    }
    await page.keyboard.press('Enter');
    const dialog = page.frameLocator('dialog iframe');
    await dialog.getByText('ann@customer.example').waitFor();
    const focused = () => dialog.locator(':focus').textContent({ timeout: 300 }).catch(() => '');
    for (let i = 0; i < 40 && await focused() !== 'Send Confirmation'; i++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Sent.', { exact: true }).waitFor();
  });

  test('without JavaScript everything works, on pages instead of dialogs', async () => {
    await open({ javaScriptEnabled: false });
    await go('/console/meetings/new');
    await fillMeeting('No script');
    await page.getByRole('button', { name: 'Add an attendee' }).click();
    await page.getByLabel('Name', { exact: true }).nth(1).fill('Di Fox');
    assert.equal(await page.getByLabel('Title').inputValue(), 'No script');
    await page.getByRole('button', { name: 'Save', exact: true }).last().click();
    await page.getByText('Saved. Nothing was sent.').waitFor();
    await page.getByRole('link', { name: 'Send Confirmation' }).click();
    await page.getByText('Send the confirmation?').waitFor();
    await page.getByRole('button', { name: /Show theirs.*Di Fox/ }).click();
    await page.getByText('What Di Fox gets').waitFor();
    await page.getByRole('button', { name: 'Send Confirmation' }).click();
    await page.getByText('Sent to 1 of 2. 1 got nothing.').waitFor();
  });
});
