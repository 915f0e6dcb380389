// What mail clients make of the emails, as caniemail.com knows it. Everything in them
// that a client of these does not support, or not wholly, is answered below with what
// happens there instead; a finding without an answer fails, and so does an answer that
// nothing asks for any more.
//
// The emails are the ones that the domain's tests keep: every built-in message in every
// language, and what staff are told.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { caniemail } from 'caniemail';
import { ROOT } from './usher.mjs';

const CLIENTS = ['gmail.*', 'outlook.*', 'apple-mail.*', 'yahoo.*', 'samsung-email.*'];
const KEPT = join(ROOT, 'shared/domain/src/render/tests/snapshots');

/** `feature: support`, and what a reader sees where it is so. */
const ANSWERS = {
  // The style sheet only adds: a phone's narrower margins and wide buttons, and colours
  // by night. Every element has all it needs in its own style.
  '<style> element: none': 'the message is read as its elements style it, by day, at any width',
  '<style> element: partial': 'it stands in the head, or is dropped as a whole, as above',
  '@media: none': 'margins and buttons stay as on a desk and fit a phone; colours stay those of the day',
  '@media: partial': 'only max-width and prefers-color-scheme are asked for, none of them nested',
  'Class selector: none': 'part of the style sheet, as above',
  'Class selector: partial': 'part of the style sheet, as above',
  'Descendant combinator: none': 'part of the style sheet, as above',
  'Descendant combinator: partial': 'part of the style sheet, as above',
  'Type selector: none': 'part of the style sheet, as above',
  'Type selector: partial': 'part of the style sheet, as above',
  // The frame.
  '<body> element: none': 'the table within it has the same colours and the whole layout',
  '<body> element: partial': 'it becomes a div with the same style; the table within has the layout',
  'lang attribute: partial': 'it stands on <html>, not on cells',
  'width attribute: partial': 'no image has a width in percent; the tables scale with their text',
  'width property: partial': 'only tables and cells have a width, and as an attribute too',
  'max-width: partial': 'the card has width="600" too; a logo has its height as an attribute',
  'height property: none': 'only the logo has one, and as an attribute too; rows grow with their text',
  'height property: partial': 'only the logo has one, and as an attribute too',
  'align attribute: partial': 'buttons stand below each other instead of side by side',
  // Looks.
  'border-radius: none': 'corners are square',
  'border-radius: partial': 'every radius is the same in both directions',
  'background: partial': 'there are only colours, no images',
  'border: partial': 'no border is wider than 4 px, none is on a paragraph; the line above the footer may be missing',
  'display: partial': 'only block, inline-block and none are used; a button is sized by its cell where a link cannot be',
  'padding: partial': 'padding that matters is on cells; a button has mso-padding-alt on its cell',
  'margin: partial': 'no margin is negative or auto; the one of <body> is only zero, and the ones between paragraphs hold',
  'font-size: partial': 'all sizes are in px',
  'font-weight: partial': 'only the word bold is used',
  'line-height: partial': 'it has no unit, but in the preheader, which is hidden',
  'color-scheme meta tag: none': 'the client decides on colours by night; each is set with its ground, so that they go together',
  'color-scheme CSS property: none': 'as above',
  'color-scheme CSS property: partial': 'as above',
  'text-align: partial': 'only left and center are used',
  'text-decoration: partial': 'only one value at a time, underline, line-through or none: links may be underlined',
  'white-space: none': 'a telephone number may go over two lines',
  'white-space: partial': 'a telephone number may go over two lines; pre is not used',
  'word-break: none': 'a very long word may make the message wider there',
  'word-break: partial': 'long words are broken, which is what it is for; those of usual length are not',
  'overflow-wrap: none': 'word-break does it there, or a very long word makes the message wider',
  'overflow-wrap: partial': 'word-break does it there',
  // The preheader is hidden in several ways at once: any of them is enough.
  'display:none: none': 'the preheader is hidden by its size and overflow, and has the colour of its ground',
  'display:none: partial': 'the preheader is a div without tables and images; Word hides it by mso-hide',
  'opacity: none': 'one of several ways to hide the preheader',
  'max-height property: none': 'one of several ways to hide the preheader; Word has mso-hide',
  'overflow: none': 'one of several ways to hide the preheader; Word has mso-hide',
  'overflow: partial': 'it hides; nobody is to scroll there',
  // What screen readers are told.
  'aria-hidden attribute: none': 'the leaf of the calendar is read out too: month, day and weekday',
  'role attribute: none': 'a screen reader may announce the layout as tables, as in every email there',
  'role attribute: partial': 'it stands on tables alone',
  'mailto: links: partial': 'there is only the address, no bcc',
};

/** Every finding, with the clients it is of. */
function findings() {
  const found = new Map();
  const kept = readdirSync(KEPT).filter((name) => name.endsWith('.html.snap'));
  assert.ok(kept.length >= 24, 'the built-in messages in four languages, and the notices');
  for (const name of kept) {
    const html = readFileSync(join(KEPT, name), 'utf8').replace(/^---[^]*?---\n/, '');
    assert.match(html, /^<!doctype html>/, name);
    const { issues } = caniemail({ clients: CLIENTS, html });
    for (const [client, list] of [...issues.errors, ...issues.warnings]) {
      for (const { title, support } of list) {
        const finding = `${title}: ${support}`;
        found.set(finding, (found.get(finding) ?? new Set()).add(client));
      }
    }
  }
  return found;
}

test('what mail clients do not support is mended or answered', () => {
  const found = findings();
  const open = [...found].filter(([finding]) => !ANSWERS[finding]);
  assert.deepEqual(open.map(([finding, clients]) => `${finding} (${[...clients].join(', ')})`), []);
  assert.deepEqual(Object.keys(ANSWERS).filter((finding) => !found.has(finding)), []);
});

test('the list would see what no client of these shows', () => {
  const { issues } = caniemail({ clients: CLIENTS, html: '<div style="position:fixed">x</div>' });
  assert.ok(issues.errors.get('gmail.android').some(({ title }) => title.startsWith('position')));
});
