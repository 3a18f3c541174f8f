import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { type Client, eventually, startTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { importNow, upload } from '../../../../test/harness/import.ts';
import type { Card } from './card.ts';
import { cardLines } from './lines.ts';
import type { Person } from './person.ts';
import { readCard } from './read.ts';
import { writeCard } from './write.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

async function read(text: string | Buffer): Promise<(Card | undefined)[]> {
  const cards = [];
  for await (const lines of cardLines(Readable.from([Buffer.from(text)]))) cards.push(asCard(readCard(lines)));
  return cards;
}

/** Without the labels. */
function asCard(person: Person | undefined): Card | undefined {
  if (!person) return undefined;
  const { id, uid, given_name, family_name, time_zone, tags } = person;
  const { label: _, ...address } = person.addresses[0] ?? noAddress;
  const values = (list: { value: string }[]) => list.map(({ value }) => value);
  const [position] = person.positions;
  const [emails, phones] = [values(person.emails), values(person.phones)];
  return { id, uid, given_name, family_name, emails, phones, job_title: position?.role ?? null, company: position?.company ?? null, ...address, time_zone, tags }; // biome-ignore format: all fields
}
const noAddress = { label: null, street: null, city: null, region: null, postal_code: null, country: null };

const nobody: Card = {
  id: null, uid: null, given_name: null, family_name: null, emails: [], phones: [], job_title: null, company: null,
  street: null, city: null, region: null, postal_code: null, country: null, time_zone: null, tags: [],
}; // biome-ignore format: all fields

test('a card that was written reads the same, whatever stands in it', async () => {
  const line = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 120 })
    .map((s) => s.replace(/[\p{Cc}\u2028\u2029]/gu, '').trim());
  const word = fc.option(fc.oneof(line, fc.constantFrom('\\', 'a\\', 'a;b', 'a,b', 'a\\nb', 'a:b', '"q"', 'END:VCARD', 'ä'.repeat(100))).filter((s) => s !== '')); // biome-ignore format: one arbitrary
  const several = fc.uniqueArray(
    line.filter((s) => s !== '' && !s.startsWith('tel:')),
    { maxLength: 3 },
  );
  const card = fc.record({
    id: fc.option(fc.uuid()), uid: word, given_name: word, family_name: word, emails: several, phones: several, job_title: word, company: word,
    street: word, city: word, region: word, postal_code: word, country: word, time_zone: fc.constantFrom(null, 'Europe/Berlin'), tags: several,
  }, { noNullPrototype: true }); // biome-ignore format: all fields
  await fc.assert(
    fc.asyncProperty(card, async (given) => {
      // Without any name the card is called by what else there is.
      fc.pre(given.given_name !== null || given.family_name !== null);
      const written = writeCard(given);
      for (const physical of written.split('\r\n')) assert.ok(Buffer.byteLength(physical) <= 76, physical);
      assert.deepEqual(await read(written), [given]);
    }),
    { numRuns: 300 },
  );
});

test('cards as other programs write them: folded, quoted-printable, grouped, preferred, with photographs', async () => {
  const old = [
    'BEGIN:VCARD', 'VERSION:2.1', 'N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg;;;',
    'TEL;HOME;VOICE:+49 30 1', 'TEL;CELL;PREF:+49 170 2', 'EMAIL;INTERNET:j@x.example',
    'ADR;WORK;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:;;Stra=DFe 1;K=F6ln;;=', '50667;DE',
    'PHOTO;JPEG;ENCODING=BASE64:', ' /9j/4AAQSkZJRgABAQAAAQABAAD', ' AAAA', '', 'this is no line', 'END:VCARD',
  ].join('\r\n'); // biome-ignore format: a card
  const v3 = 'BEGIN:VCARD\nVERSION:3.0\nUID:abc-1\nFN:Ada Lovelace\nN:Lovelace;Ada;;;\nitem1.EMAIL;type=INTERNET:second@x.example\nEMAIL;TYPE=WORK,pref:first@x.\n example\nORG:Analytical Engines\\, Ltd;Research\nTITLE:Analyst\nCATEGORIES:vip,math\nEND:VCARD\n'; // biome-ignore format: a card
  const v4 = 'BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Grace Brewster Hopper\r\nTEL;VALUE=uri;PREF=1:tel:+1-555-0100\r\nTZ:America/New_York\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:4.0\r\nKIND:group\r\nFN:Team\r\nEND:VCARD'; // biome-ignore format: a card
  assert.deepEqual(await read(`\uFEFF${old}\r\n${v3}${v4}`), [
    { ...nobody, given_name: 'Jörg', family_name: 'Müller', emails: ['j@x.example'], phones: ['+49 170 2', '+49 30 1'], street: 'Straße 1', city: 'Köln', postal_code: '50667', country: 'DE' },
    { ...nobody, uid: 'abc-1', given_name: 'Ada', family_name: 'Lovelace', emails: ['first@x.example', 'second@x.example'], company: 'Analytical Engines, Ltd', job_title: 'Analyst', tags: ['vip', 'math'] },
    { ...nobody, given_name: 'Grace Brewster', family_name: 'Hopper', phones: ['+1-555-0100'], time_zone: 'America/New_York' },
    undefined,
  ]); // biome-ignore format: a table
});

test('a large photograph, or a card of folds alone, takes no time', async () => {
  const folds = (text: string, count: number) => `${text}${'\r\n '.padEnd(76, 'A').repeat(count)}`;
  const card = (line: string) => `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada Lovelace\r\n${line}\r\nEND:VCARD\r\n`;
  const lines = [
    folds('PHOTO;ENCODING=b;TYPE=JPEG:', 100_000),
    `NOTE:${'\r\n a'.repeat(50_000)}`,
    `NOTE;ENCODING=QUOTED-PRINTABLE:${'a=\r\n'.repeat(50_000)}`,
    `TEL${';TYPE=a'.repeat(200_000)}:1`,
    `N:${';'.repeat(2_000_000)}`,
  ];
  const began = performance.now();
  for (const line of lines)
    assert.deepEqual(await read(card(line)), [{ ...nobody, given_name: 'Ada', family_name: 'Lovelace' }]);
  const ms = performance.now() - began;
  assert.ok(ms < 60_000, `${Math.round(ms)} ms, and minutes where the work grows with the square`);
});

test('a card writes names of East Asia family name first', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const names = [['太郎', '山田'], ['길동', '홍'], ['Taro', '山田'], ['Ada', 'Lovelace']]; // biome-ignore format: a table
  const formatted = await Promise.all(
    names.map(async ([given_name, family_name]) => {
      const { id } = (await api('POST', '/api/v1/contacts', { given_name, family_name })).body;
      return /^FN:(.*)\r$/m.exec((await api('GET', `/api/v1/contacts/${id}/vcard`)).body)?.[1];
    }),
  );
  assert.deepEqual(formatted, ['山田 太郎', '홍 길동', 'Taro 山田', 'Ada Lovelace']);
});

const facts = (contact: Record<string, unknown>) => {
  const { given_name, family_name, email, other_emails, phone, other_phones, job_title, street, city, region, postal_code, country, time_zone } = contact; // biome-ignore format: all fields
  const tags = (contact.tags as { name: string }[]).map(({ name }) => name);
  return { given_name, family_name, email, other_emails, phone, other_phones, job_title, street, city, region, postal_code, country, time_zone, tags }; // biome-ignore format: all fields
};
const plain = (...values: string[]) => values.map((value) => ({ label: null, value }));
const byName = async (api: Client) => (await api('GET', '/api/v1/contacts?sort=name&limit=200')).body.data;

test('contacts leave as cards and come back unchanged, and into another workspace as they were', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const tag = (await api('POST', '/api/v1/tags', { name: 'Key; account' })).body;
  const people = [
    { given_name: '=1+1', family_name: 'Ünï, "x"', email: 'a@x.example', other_emails: plain('b@x.example', 'c@x.example'), phone: '+49 30 1', other_phones: plain('+49 30 2'), job_title: 'Head; of all', street: 'Street 1\\2', city: 'Köln', region: 'NRW', postal_code: '05066', country: 'DE', time_zone: 'Europe/Berlin', tags: [tag.id] },
    { given_name: null, family_name: '山田', email: null },
  ]; // biome-ignore format: a table
  for (const person of people) {
    const made = await api('POST', '/api/v1/contacts', person);
    assert.equal(made.status, 201, JSON.stringify(made.body));
  }
  const asked = await api('POST', '/api/v1/exports', { resource: 'contact', format: 'vcf', sort: 'name' });
  assert.equal(asked.status, 202, JSON.stringify(asked.body));
  await eventually(async () => (await api('GET', `/api/v1/exports/${asked.body.id}`)).body.state === 'done', 20_000);
  const file = await api('GET', `/api/v1/exports/${asked.body.id}/content`);
  assert.equal(file.headers.get('content-type'), 'text/vcard');
  assert.match(file.headers.get('content-disposition')!, /contacts\.vcf/);

  const [one] = await byName(api);
  const card = await api('GET', `/api/v1/contacts/${one.id}/vcard`);
  assert.equal(card.headers.get('content-type'), 'text/vcard; charset=utf-8');
  assert.ok(file.body.includes(card.body), card.body);
  const stranger = (await (await app.tenant()).as('admin')).api;
  assert.equal((await stranger('GET', `/api/v1/contacts/${one.id}/vcard`)).status, 404);

  const again = await importNow(api, [['contacts.vcf', file.body]]);
  assert.deepEqual(again.problem_samples, []);
  assert.deepEqual(again.files[0]!.counts, { rows: 2, created: 0, updated: 0, unchanged: 2, skipped: 0, errors: 0 });
  const other = (await (await app.tenant()).as('admin')).api;
  const moved = await importNow(other, [['contacts.vcf', file.body.replaceAll(/^X-HOLDFAST-ID:.*\r?\n/gm, '')]]);
  assert.equal(moved.files[0]!.counts.created, 2, JSON.stringify(moved.problem_samples));
  assert.deepEqual((await byName(other)).map(facts), (await byName(api)).map(facts));

  for (const body of [
    { resource: 'company', format: 'vcf' },
    { resource: 'contact', format: 'vcf', columns: ['email'] },
  ])
    assert.equal((await api('POST', '/api/v1/exports', body)).status, 422);
  const endless = await upload(api, [['a.vcf', `BEGIN:VCARD\r\nNOTE:${'x'.repeat(9_000_000)}`]]);
  assert.match(endless.body.errors[0].message, /does not end/);
});
