import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { namedRecordTypes } from './record-type-names.ts';
import { breaches, importCycles, isTest, rules, type SourceFile } from './rules.ts';

const root = new URL('../../', import.meta.url).pathname;

test('the code keeps its boundaries', () => {
  const paths = globSync(['src/**/*.ts', 'web/**/*.{ts,tsx,css}', 'test/**/*.ts', 'bench/**/*.ts'], {
    cwd: root,
    exclude: ['web/dist/**'],
  });
  assert.ok(paths.length > 50, 'the files were not found');
  const found = paths.flatMap((path) => breaches({ path, text: readFileSync(root + path, 'utf8') }));
  assert.deepEqual(found, []);
});

for (const side of ['src', 'web'])
  test(`in ${side} no files import each other in a cycle`, () => {
    const paths = globSync(`${side}/**/*.{ts,tsx}`, { cwd: root, exclude: ['web/dist/**'] }).filter(
      (path) => !isTest(path),
    );
    assert.ok(paths.length > 50, 'the files were not found');
    const files = paths.map((path) => ({ path, text: readFileSync(root + path, 'utf8') }));
    assert.deepEqual(importCycles(files), []);
  });

test('an import cycle is found, those of mere types too', () => {
  const file = (path: string, ...imported: string[]): SourceFile => ({
    path: `src/${path}.ts`,
    text: imported.map((name) => `import type { A } from './${name}.ts';`).join('\n'),
  });
  const found = importCycles([file('a', 'b'), file('b', 'c'), file('c', 'b', 'd'), file('d')]);
  assert.deepEqual(found, [['src/b.ts', 'src/c.ts']]);
});

test('an import cycle is found that goes through what is fetched later', () => {
  const found = importCycles([
    { path: 'web/a.ts', text: `export const LazyB = lazyPart(() => import('./b.tsx'));` },
    { path: 'web/b.tsx', text: `import { LazyB } from './a.ts';` },
  ]);
  assert.deepEqual(found, [['web/a.ts', 'web/b.tsx']]);
});

test('the shell and the platform of the page fetch no product later either', () => {
  for (const folder of ['app', 'platform/record', 'platform/offline'])
    assert.deepEqual(
      breaches({
        path: `web/${folder}/x.ts`,
        text: `const load = () => import('${'../'.repeat(folder.split('/').length)}modules/wealth/Page.tsx');`,
      }).map((breach) => breach.replace(/ \(.*/, '')),
      [`web/${folder}/x.ts: the shell of the page and its platform know no product`],
    );
});

const below: [from: string, imported: string, isAllowed: boolean][] = [
  ['kernel/http', 'platform/merge', false],
  ['platform/merge', 'kernel/http', true],
  ['platform/merge', 'modules/directory/contact', false],
  ['modules/directory/contact', 'platform/merge', true],
  ['modules/directory/contact', 'modules/mail/message', false],
  ['modules/mail/message', 'modules/directory/contact', true],
  ['modules/wealth/account', 'modules/mail/message', true],
  ['modules/wealth/account', 'modules/sales/deal', false],
  ['modules/desk/ticket', 'modules/insight/report', false],
  ['modules/insight/report', 'modules/desk/ticket', true],
  ['modules/insight/report', 'operations/backup', false],
];
for (const [from, imported, isAllowed] of below)
  test(`${from} ${isAllowed ? 'may' : 'may not'} import ${imported}`, () => {
    const up = '../'.repeat(from.split('/').length);
    for (const text of [`import { a } from '${up}${imported}/index.ts';`, `await import('${up}${imported}/index.ts');`])
      assert.equal(rules[0]!.check({ path: `src/${from}/x.ts`, text }).length, isAllowed ? 0 : 1, text);
  });

test('record types are found in imports, strings, keys and SQL, and in nothing else', () => {
  const names = new Set(['contact', 'deals', 'close_reason']);
  const found = (text: string) => namedRecordTypes({ path: 'src/platform/x.ts', text }, names);
  for (const text of [
    `import { a } from '../../modules/directory/contact/contract.ts';`,
    `const later = () => import('../../modules/sales/index.ts');`,
    `if (type === 'contact') return;`,
    `const at = { contact: 1 };`,
    'const at = `deals`;',
    'const rows = sql`update x set contact_id = null`;',
    'const rows = sql.raw(`select name from close_reason r`);',
    `const part = 'join close_reason r on true';`,
    `t('{noun, select, contact {contacts} other {records}}');`,
  ])
    assert.equal(found(text).length, 1, text);
  for (const text of [
    `// The contact of a position comes first.\nconst a = 1;`,
    `throw new Error('Say to which contact it belongs');`,
    `const path = 'contact-form';`,
    'const rows = sql`select contacted_at from x`;',
  ])
    assert.deepEqual(found(text), [], text);
});

/** For each rule a file that breaks it: a rule that cannot fire guards nothing. */
const broken: Record<string, { path: string; text: string }> = {
  'kernel, platform, directory, mail, {sales, wealth, desk}, insight: each imports only what comes before it': {
    path: 'src/modules/directory/contact/service.ts',
    text: `import { deal } from '../../sales/deal/index.ts';`,
  },
  'the kernel and the platform name no record type of a module': {
    path: 'src/platform/merge/x.ts',
    text: 'const parts = sql`select 1 from contact_position p`;',
  },
  'a module enters another by its index or its contract': {
    path: 'src/modules/sales/deal/service.ts',
    text: `import { find } from '../../directory/contact/queries.ts';`,
  },
  'the pages of the directory, and what every record type has, know no sales': {
    path: 'web/modules/directory/contact/x.ts',
    text: `import { deal } from '../../sales/deal/definition.ts';`,
  },
  'the shell of the page and its platform know no product': {
    path: 'web/app/x.ts',
    text: `import { inbox } from '../modules/inbox/routes.ts';`,
  },
  'the platform of the page knows no shell': {
    path: 'web/platform/record/x.ts',
    text: `import { destinations } from '../../app/navigation.ts';`,
  },
  'web/main.tsx alone lists the products of the page': {
    path: 'web/modules/wealth/x.ts',
    text: `import { sales } from '../sales/manifest.ts';`,
  },
  'the page imports only contracts of the server': {
    path: 'web/app/x.ts',
    text: `import { sql } from '../../src/kernel/database/database.ts';`,
  },
  'only the files of the wire know how pg works inside': {
    path: 'src/kernel/jobs/x.ts',
    text: `import utils from 'pg/lib/utils.js';`,
  },
  'a contract imports Zod, contracts and lists of words, so that the page can have it': {
    path: 'src/modules/sales/deal/contract.ts',
    text: `import pg from 'pg';`,
  },
  'no SQL outside queries, the kernel and the operations': {
    path: 'src/modules/sales/deal/routes.ts',
    text: 'const rows = sql`select 1`;',
  },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the fixture is source text
  'no text put together into SQL': { path: 'src/modules/sales/deal/queries.ts', text: 'sql.raw(`order by ${input}`)' },
  'no raw colours outside the tokens': { path: 'web/ui/x.css', text: 'a { color: #ff0000 }' },
  'what reads from right to left is not laid out by left and right': {
    path: 'web/ui/x.tsx',
    text: '<p className="md:pl-2" />',
  },
  'a part of the page that comes later has its words: lazyPart and lazyPage': {
    path: 'web/platform/record/x.ts',
    text: `export const LazyPanel = lazy(() => import('./Panel.tsx'));`,
  },
  'files stay readable: at most 600 lines': { path: 'src/x.ts', text: '\n'.repeat(700) },
};

for (const rule of rules) {
  test(`a file that breaks "${rule.name}" is found`, () => {
    const fixture = broken[rule.name];
    assert.ok(fixture, 'each rule ships with a fixture that breaks it');
    assert.equal(rule.check(fixture).length, 1);
  });
}
