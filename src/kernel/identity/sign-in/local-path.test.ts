import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { localPath } from '../../contract/local-path.ts';

/** Whoever follows these leaves the site, or could. */
const foreign = [
  '//host',
  '/\t/host',
  '/\n/host',
  '/\r/host',
  '/\r\n/host',
  '/\t\\host',
  '/\\host',
  '\\/host',
  '/.//host',
  '/..//host',
  '/./\\host',
  '/a/..//host',
  '/%2e//host',
  ' //host',
  '\t//host',
  'https://host',
  'https:host',
  'https:/host',
  '//user@host',
  '//user:word@host/',
  'javascript:alert(1)',
  'host',
  '',
  '///host',
  '/\t\t//host',
  'data:text/html,x',
  '//[::1]/',
];

test('what leads off the site is no path of it', () => {
  for (const text of foreign) assert.equal(localPath(text), undefined, JSON.stringify(text));
});

test('a path of the site keeps its query and fragment', () => {
  for (const text of [
    '/',
    '/deals?view=mine',
    '/contacts/1?a=%2F%09%2Fb#c',
    '/a//b',
    '/@host',
    '/%2F%09%2Fhost',
    '/?next=//host',
  ])
    assert.equal(localPath(text), text);
});

test('whatever is taken stays on the origin it is followed from', () => {
  const piece = fc.oneof(
    fc.constantFrom('/', '\\', '\t', '\n', '\r', '.', '..', '@', ':', '//', 'host', '%2e', '?', '#', ' '),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const path = localPath(`/${pieces.join('')}`);
      if (path !== undefined) assert.equal(new URL(path, 'https://crm.example').origin, 'https://crm.example');
    }),
    { numRuns: 2_000 },
  );
});
