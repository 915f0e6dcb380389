// Starts Usher on this machine and speaks its HTTP interface, for the browser tests.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export const ROOT = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');
const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target');

export const SCREENSHOTS = join(TARGET, 'screenshots');

export const CHROMIUM = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser']
  .find((path) => path && existsSync(path));

function freePort() {
  return new Promise((done, fail) => {
    const probe = createServer().once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

/** A running Usher: `call` speaks to its API, `announce` makes a meeting and asks for an answer. */
export async function start() {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const log = openSync(join(TARGET, 'browser-usher-local.log'), 'w');
  const child = spawn(join(TARGET, 'debug/usher-local'), ['--port', String(port), '--no-demo', '--no-reports'], {
    cwd: ROOT,
    stdio: ['ignore', log, log],
  });
  let made = 0;

  async function call(method, path, body, headers = {}) {
    const answer = await fetch(url + path, {
      method,
      headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  /** A booked meeting whose customer, who reads `language`, has been asked; `link` is the one in the SMS. */
  async function announce(language) {
    const id = `browser-${++made}`;
    const day = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    await call('PUT', '/v1/templates/browser', {
      name: 'Site visit',
      duration_minutes: 60,
      configs: [{
        id: 'ask',
        type: 'confirmation_request',
        channel_mode: 'both',
        buttons: { accept: true, decline: true, reschedule: true, view_details: true, add_to_calendar: true },
        ask_decline_reason: true,
      }],
    });
    await call('PUT', `/v1/meetings/${id}`, {
      title: 'Roof inspection <script>document.title = "broken"</script>',
      starts_at: `${day}T14:00:00`,
      timezone: 'America/New_York',
      template_id: 'browser',
      location: { kind: 'jobsite', address: '123 Main St, Springfield' },
      description: 'Please have the plans at hand.',
      organizer: { name: 'Dana Field', email: 'dana@example.com', phone: '+1 202 555 0100' },
      attendees: [{ id: 'lead', name: 'Pat Lee', email: 'pat.lee@example.com', phone: '+1 202 555 0147', language }],
    });
    const seen = new Set((await call('GET', '/_local/outbox.json')).map((message) => message.id));
    await call('POST', `/v1/meetings/${id}/notifications`, { type: 'confirmation_request' }, {
      'idempotency-key': id,
    });
    const messages = (await call('GET', '/_local/outbox.json')).filter((message) => !seen.has(message.id));
    const sms = messages.find((message) => message.channel === 'sms');
    const email = messages.find((message) => message.channel === 'email');
    const [link] = sms.text.match(/https?:\/\/\S+\/meeting\/landing\?token=[A-Za-z0-9._~-]+/);
    return { id, link, email, status: async () => (await call('GET', `/v1/meetings/${id}`)).status };
  }

  for (let tries = 0; ; tries++) {
    if (await fetch(`${url}/v1/settings`).then((answer) => answer.ok, () => false)) break;
    if (child.exitCode !== null || tries === 300) {
      child.kill();
      throw new Error('usher-local ended or does not answer; see browser-usher-local.log');
    }
    await pause(100);
  }
  return { url, call, announce, stop: () => child.kill() };
}
