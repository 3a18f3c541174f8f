import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import pg from 'pg';
import { type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { fieldsOfComposite } from './composite.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

test('the fields of a composite text are those that PostgreSQL sends one by one', async () => {
  const awkward = [
    '',
    ' ',
    '"',
    '""',
    '\\',
    '\\"',
    '"\\',
    ',',
    '(a,b)',
    'a"b',
    'plain',
    'two words',
    'line\nbreak',
    'ü,"ß"',
    '\\\\',
    ')',
    '{"a": "b"}',
  ];
  const client = new pg.Client({ connectionString: app.database.appUrl });
  await client.connect();
  try {
    const nulls = [null, 'between', null];
    for (const fields of [
      awkward,
      nulls,
      [...awkward, null],
      [null, ...awkward.toReversed()],
      ['one'],
      ...awkward.map((each) => [each, each]),
    ]) {
      const places = fields.map((_, at) => `$${at + 1}::text`).join(', ');
      const { rows } = await client.query(`select row(${places})::text as composite`, fields);
      assert.deepEqual(fieldsOfComposite(rows[0].composite), fields);
    }
  } finally {
    await client.end();
  }
});
