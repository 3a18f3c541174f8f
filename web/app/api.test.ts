import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAll } from './api.ts';

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
