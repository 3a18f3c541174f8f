import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { knownWords, writtenName } from './fieldWords.ts';

const root = `${import.meta.dirname}/../..`;

test('every field of which the audit log may tell has its words, German ones too', () => {
  const files = globSync(`${root}/web/text/de/*.json`);
  const german = new Set(files.flatMap((file) => Object.keys(JSON.parse(readFileSync(file, 'utf8')))));
  const schema = readFileSync(`${root}/generated/schema.txt`, 'utf8');
  const audited = [
    ...schema.matchAll(/TRIGGER audit_insert AFTER INSERT ON public\.(\w+) .*record_change\('(\w+)', '\{([^}]*)\}'/g),
  ];
  assert.ok(audited.length > 40, `${audited.length} tables`);
  const missing = audited.flatMap(([, table, resource, hidden]) =>
    [...schema.matchAll(new RegExp(`^column ${table}\\.(\\w+) `, 'gm'))]
      .map(([, column]) => column!)
      .filter((column) => column !== 'id' && !hidden!.split(',').includes(column))
      .filter((column) => !knownWords(resource!, column) && !german.has(writtenName(column)))
      .map((column) => `${resource}.${column}`),
  );
  assert.deepEqual(missing, []);
});
