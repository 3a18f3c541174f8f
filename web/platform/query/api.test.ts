import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, readAll } from './api.ts';
import { isUnreachable } from './problem.ts';

test('a whole list is read page by page', async (t) => {
  const asked: string[] = [];
  const pages = [
    { data: [1, 2], next_cursor: 'second' },
    { data: [3], next_cursor: null },
  ];
  t.mock.method(globalThis, 'fetch', async (address: string) => {
    asked.push(address);
    return Response.json(pages[asked.length - 1]);
  });
  assert.deepEqual((await readAll('/tags', { sort: 'name' })).data, [1, 2, 3]);
  assert.deepEqual(asked, ['/api/v1/tags?sort=name&limit=200', '/api/v1/tags?sort=name&limit=200&cursor=second']);
});

const brokenOff = () =>
  new Response(new ReadableStream({ pull: (answer) => answer.error(new TypeError('terminated')) }));

test('an answer that breaks off is none: what has a key is sent again with it, else the server could not be reached', async (t) => {
  const keys: (string | null)[] = [];
  t.mock.method(globalThis, 'fetch', async (_: string, init: RequestInit) => {
    keys.push(new Headers(init.headers).get('idempotency-key'));
    return keys.length === 2 ? Response.json({ id: 'made' }) : brokenOff();
  });
  assert.deepEqual(await api.post('/tags', { name: 'New' }), { id: 'made' });
  assert.ok(keys[0] !== null && keys[0] === keys[1]);
  await assert.rejects(api.get('/tags'), isUnreachable);
});

test('an answer that is not the server’s own is none, and is not asked for again', async (t) => {
  const signIn = () => new Response('<!doctype html><title>Sign in to this network</title>', { status: 200 });
  const fetched = t.mock.method(globalThis, 'fetch', async () => signIn());
  await assert.rejects(api.get('/tags'), isUnreachable);
  await assert.rejects(api.post('/tags', { name: 'New' }), isUnreachable);
  assert.equal(fetched.mock.callCount(), 2);
});
