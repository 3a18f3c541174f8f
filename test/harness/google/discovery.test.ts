import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type DiscoveryDocument, type Facts, readFacts, used_methods } from './discovery.ts';

/** A folder with gmail.v1.json and calendar.v3.json, from the wheel of google-api-python-client. */
const folder = process.env.HOLDFAST_GOOGLE_DISCOVERY;
const facts_file = new URL('facts.json', import.meta.url);
const facts = existsSync(facts_file) ? (JSON.parse(readFileSync(facts_file, 'utf8')) as Facts) : undefined;

test('the list of facts about Google names each method that is used', () => {
  const ids = new Set(facts?.methods.map(({ id }) => id));
  assert.deepEqual([...ids].sort(), [...used_methods].sort());
});

test('the list of facts is what Google’s discovery documents say', {
  skip: folder ? false : 'HOLDFAST_GOOGLE_DISCOVERY names no folder with the documents',
}, async () => {
  const documents = Object.fromEntries(
    ['gmail.v1', 'calendar.v3'].map((name) => [
      name.split('.')[0]!,
      JSON.parse(readFileSync(join(folder!, `${name}.json`), 'utf8')) as DiscoveryDocument,
    ]),
  );
  const source = 'Discovery documents in the wheel of google-api-python-client; names alone.';
  const read: Facts = { source, ...readFacts(documents) };
  if (process.env.HOLDFAST_GENERATE) await writeFile(facts_file, `${JSON.stringify(read, null, 2)}\n`);
  else assert.deepEqual(facts, read);
});
