// Clients made from the API's description by two generators, on the README's tour.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { start } from '../browser/usher.mjs';
import { tour } from './node_modules/.usher/tour.js';

let usher;
before(async () => { usher = await start(); });
after(() => usher?.stop());

test('a client in TypeScript makes the tour', async () => {
  await tour(usher.url);
});

test('a client in Python makes the tour', async () => {
  const python = process.env.API_PYTHON;
  assert.ok(python, 'API_PYTHON names the Python that has the generated client');
  const clients = { ...process.env, PYTHONPATH: process.env.API_CLIENTS };
  await promisify(execFile)(python, ['tour.py', usher.url], { cwd: import.meta.dirname, env: clients });
});
