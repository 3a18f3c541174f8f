import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { definedResources } from '../../../src/kernel/contract/resource.ts';
import { writtenName } from '../../text/names.ts';
import { knownWords } from './fieldWords.ts';

const root = `${import.meta.dirname}/../../..`;

const columnsOf = (schema: string, table: string): string[] => {
  const [, members] = new RegExp(`^create table ${table} \\((.*?)^\\)`, 'ms').exec(schema)!;
  return [...members!.matchAll(/^ {2}(?!constraint )(\w+) /gm)].map(([, column]) => column!);
};

test('every field of which the audit log may tell has its words, German ones too', async () => {
  const defining = globSync(`${root}/web/modules/**/*.ts`)
    .map((file) => readFileSync(file, 'utf8'))
    .filter((text) => text.includes('emptyText: ') && text.includes('/contract.ts'));
  for (const text of defining) await import(`${root}/${/(src\/modules\/.+\/contract\.ts)'/.exec(text)![1]}`);
  /** A definition has all fields of its contract. */
  const shown = new Map(definedResources().map(({ name, meta }) => [name, meta]));
  assert.ok(shown.get('company')?.has('industry'));
  const files = globSync(`${root}/web/text/de/*.json`);
  const german = new Set(files.flatMap((file) => Object.keys(JSON.parse(readFileSync(file, 'utf8')))));
  const schema = readFileSync(`${root}/generated/schema.sql`, 'utf8');
  const audited = [
    ...schema.matchAll(
      /^create trigger audit_insert AFTER INSERT ON public\.(\w+) .*\n.*\n.*record_change\('(\w+)', '\{([^}]*)\}'/gm,
    ),
  ];
  assert.ok(audited.length > 40, `${audited.length} tables`);
  const missing = audited.flatMap(([, table, resource, hidden]) =>
    columnsOf(schema, table!)
      .filter((column) => column !== 'id' && !hidden!.split(',').includes(column))
      .filter((column) => !shown.get(resource!)?.has(column))
      .filter((column) => !knownWords(resource!, column) && !german.has(writtenName(column)))
      .map((column) => `${resource}.${column}`),
  );
  assert.deepEqual(missing, []);
});
