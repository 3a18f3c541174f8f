import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settings } from '../../src/kernel/config/settings.ts';
import { mailCatalogue } from '../../src/kernel/mail/words.ts';
import { exportTargets } from '../../src/modules/index.ts';
import { inWordsOf, shapesOf } from '../../web/text/shapes.ts';
import { argumentsOf, namesOf, readCatalogue } from './catalogue.ts';
import { isOdd } from './phrases.ts';
import { refusals, refusalsOfDatabase } from './problems.ts';
import { readSource, readSources, type SourceLine } from './sources.ts';

const page = readSources(['web/**/*.{ts,tsx}']);
/** Of contracts the page has what it says as the mails do. */
const shared = readSources(['src/**/contract.ts']);
const german = readCatalogue('web/text/de');
/** Complete once the modules are loaded. */
const germanOfMails = mailCatalogue('de');
const translatable = new Set(german.map(({ english }) => english));
const server = readSources(['src/**/*.ts']);
const mails = server.flatMap(({ uses }) => uses);
/** What the server says in English and the page shows: asked for by text that comes in answers. */
const of_server = 'server.json';
/** What the page Configuration says of each setting. */
const descriptions = Object.values(settings).map(({ description }) => description!);
/** The design page shows made-up names and texts. */
const samples = 'web/modules/design/';

const at = ({ file, line }: SourceLine) => `${file}:${line}`;
const uses = [...page, ...shared].flatMap(({ uses }) => uses);

test('every message of the page has its German words', () => {
  const missing = uses.filter(({ message }) => !translatable.has(message));
  assert.deepEqual([...new Set(missing.map((use) => `${at(use)} ${use.message}`))], []);
});

test('the names of fields that the contracts give have their German words', () => {
  const titles = readSources(['src/**/contract.ts']).flatMap(({ titles }) => titles);
  // In small letters it is what the API calls a kind of record.
  const missing = titles.filter((title) => /^\p{Lu}/u.test(title) && !translatable.has(title));
  assert.deepEqual([...new Set(missing)], []);
});

test('the fields that columns of files can be mapped to have their German words', () => {
  const labels = exportTargets.flatMap(({ fields }) => fields.map(({ label }) => label));
  assert.deepEqual([...new Set(labels.filter((label) => !translatable.has(label)))], []);
});

test('what each setting is for has its German words', () => {
  assert.deepEqual(
    descriptions.filter((text) => !translatable.has(text)),
    [],
  );
});

test('every mail has its German words, with the same arguments, and none are left over', () => {
  assert.deepEqual([...new Set(mails.map(({ message }) => message))].sort(), Object.keys(germanOfMails).sort());
  for (const [english, translated] of Object.entries(germanOfMails))
    assert.deepEqual(argumentsOf(translated), argumentsOf(english), english);
});

/**
 * What only programs and their authors meet: the form of requests, what lists are asked in the language of filters,
 * what a declaration says wrong.
 */
const for_programs = [
  'src/kernel/http/{allow,input,json,idempotency,problem-reply,server}.ts',
  'src/kernel/resource/{filter,cursor,groups,sums,sort}.ts',
  'src/kernel/jobs/schedule.ts',
];
const for_people = [
  'src/kernel/**/*.ts',
  'src/platform/**/*.ts',
  'src/modules/**/*.ts',
  'src/operations/{health,console,alerts,schedules,nodes,certificates,storage}/*.ts',
  'src/operations/backup/{status,manifest,own-store}.ts',
];
const refused = [...refusals(for_people).map(({ message }) => message), ...refusalsOfDatabase()];

test('whatever the server refuses has its German words, values included', () => {
  const known = Object.fromEntries(german.map(({ english, translated }) => [english, translated]));
  const shapes = shapesOf(
    Object.fromEntries(
      german.filter(({ file }) => file === of_server).map(({ english, translated }) => [english, translated]),
    ),
  );
  const told = (text: string): string => known[text] ?? inWordsOf(shapes, text, told) ?? text;
  const shown = [...refusals(for_people, for_programs).map(({ message }) => message), ...refusalsOfDatabase()].filter(
    (message) => /\p{L}/u.test(message.replace(/\{\d+\}/g, '')) && !message.includes('{"'),
  );
  assert.ok(shown.length > 250, `${shown.length} messages`);
  const values = ['7', 'Grün & Co.', '“x”', '$1'];
  const asSent = (message: string) => message.replace(/\{(\d+)\}/g, (_, at) => values[at] ?? '?');
  const missing = shown.filter((message) => {
    const german = told(asSent(message));
    const asked = [...message.matchAll(/\{(\d+)\}/g)].map(([, at]) => values[Number(at)]!);
    return german === asSent(message) || !asked.every((value) => german.includes(value));
  });
  assert.deepEqual([...new Set(missing)], []);
  assert.equal(told('Write at most 200 characters'), 'Schreiben Sie höchstens 200 Zeichen');
  assert.equal(
    told('There is no such deal, or you cannot see it.'),
    'Nicht gefunden (Deal): Es ist nicht mehr da, oder Sie dürfen es nicht sehen.',
  );
});

test('no German words are left over, and none say the same thing in two ways', () => {
  const asked = new Set(uses.map(({ message }) => message));
  const said = new Set([...server.flatMap(({ texts }) => texts), ...refused, ...descriptions]);
  const over = german.filter(({ file, english }) => !(file === of_server ? said : asked).has(english));
  assert.deepEqual(over, []);
  const all = [...german, ...Object.entries(germanOfMails).map(([english, translated]) => ({ english, translated }))];
  const first = new Map(all.toReversed().map(({ english, translated }) => [english, translated]));
  assert.deepEqual(
    all.filter(({ english, translated }) => first.get(english) !== translated),
    [],
  );
});

test('both languages have the same arguments', () => {
  for (const { english, translated } of german)
    assert.deepEqual(argumentsOf(translated), argumentsOf(english), english);
});

test('every message is given the values it names', () => {
  const wrong = [...uses, ...mails].filter(({ message, values }) => {
    const names = namesOf(message);
    return values ? String(values.toSorted((a, b) => a.localeCompare(b))) !== String(names) : names.length === 0;
  });
  assert.deepEqual(wrong, []);
});

test('what is asked for stands in the source', () => {
  const unreadable = [...page, ...server].flatMap((source) => source.unreadable);
  assert.deepEqual(unreadable.map(at), []);
});

test('nothing is said past the catalogue', () => {
  const bare = page.flatMap(({ bare }) => bare).filter(({ file }) => !file.startsWith(samples));
  assert.deepEqual(
    bare.map((one) => `${at(one)} ${one.words}`),
    [],
  );
});

test('no page, mail or refusal says what no native would write', () => {
  const messages = [...uses, ...mails].map(({ message }) => message);
  const texts = [...page, ...server].flatMap((source) => source.texts);
  const said = [...new Set([...messages, ...texts, ...refused, ...descriptions])];
  assert.deepEqual(said.filter(isOdd), []);
  assert.ok(isOdd('Quantity: This is needed here') && isOdd('{unchanged, number} as they were') && !isOdd('Save'));
});

test('the reader of sources finds words wherever they may stand', () => {
  const { uses, bare, unreadable } = readSource(
    'example.tsx',
    `const column = { label: 'Name', kind: 'text' };
     const used = t(many ? '{count} rows' : 'One row', { count });
     const unknown = t(used);
     toast(done ? 'Saved' : used);
     const page = <p title="Hint" className="Never Seen">Text {open && \`Open \${used}\`} <T text="See <b>it</b>" values={{ b }} /></p>;
     const later = 'A sentence of its own';
     throw new Error('For programmers only');`,
  );
  assert.deepEqual(
    uses.map(({ message, values }) => [message, values]),
    [
      ['{count} rows', ['count']],
      ['One row', ['count']],
      ['See <b>it</b>', ['b']],
    ],
  );
  assert.deepEqual(
    unreadable.map(({ line }) => line),
    [3],
  );
  assert.deepEqual(
    bare.map(({ words }) => words),
    ['Name', 'Saved', 'Hint', 'Text', 'Open', 'A sentence of its own'],
  );
});
