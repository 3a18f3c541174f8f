import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { before, test } from 'node:test';
import fc from 'fast-check';
import ICAL from 'ical.js';
import { type Client, eventually, type SharedTestApp, sharedTestApp } from '../../../../test/harness/app.ts';
import { importNow, upload } from '../../../../test/harness/import.ts';
import type { Card } from './card.ts';
import { cardLines } from './lines.ts';
import { nobody, type Person } from './person.ts';
import { readCard } from './read.ts';
import { writeCard } from './write.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

async function read(text: string | Buffer): Promise<(Card | undefined)[]> {
  const cards = [];
  for await (const lines of cardLines(Readable.from([Buffer.from(text)]))) cards.push(asCard(readCard(lines)));
  return cards;
}

function asCard(person: Person | undefined): Card | undefined {
  if (!person) return undefined;
  const { notes: _n, details: _d, ...card } = person;
  return card;
}

const { notes: _n, details: _d, ...none } = nobody();
const plain = (...values: string[]) => values.map((value) => ({ label: null, value }));

test('a card that was written reads the same, whatever stands in it', async () => {
  const line = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 120 })
    .map((s) => s.replace(/[\p{Cc}\u2028\u2029]/gu, '').trim());
  const word = fc.option(
    fc
      .oneof(line, fc.constantFrom('\\', 'a\\', 'a;b', 'a,b', 'a\\nb', 'a:b', '"q"', 'END:VCARD', 'ä'.repeat(100)))
      .filter((s) => s !== ''),
  );
  const filled = (max: number) => line.filter((s) => s !== '' && s.length <= max && !s.startsWith('tel:'));
  const label = fc.option(
    fc.oneof(fc.constantFrom('Home', 'Work', 'Mobile', 'Work Fax', 'home', 'Büro, 2; "x"', '\\!'), filled(60)),
  );
  const several = (value: fc.Arbitrary<string>) =>
    fc.array(fc.record({ label, value }, { noNullPrototype: true }), { maxLength: 3 });
  const part = word.map((s) => s?.replace(/\\n/g, '') || null);
  const address = fc.record(
    { label, street: word, city: fc.constantFrom('Rome', 'a;b\\'), region: word, postal_code: word, country: part },
    { noNullPrototype: true },
  );
  const role = fc.option(fc.constantFrom('Head; of all', 'Clerk'));
  const positions = fc.oneof(
    fc.constant<Card['positions']>([]),
    fc.array(
      fc.record(
        { company: fc.constantFrom('Acme, Inc', 'b\\'), role: fc.constantFrom('Head; of all', 'Clerk') },
        { noNullPrototype: true },
      ),
      { maxLength: 3 },
    ),
    fc.record({ company: role, role: fc.constant('Clerk') }, { noNullPrototype: true }).map((main) => [main]),
  );
  const card = fc.record(
    {
      id: fc.option(fc.uuid()),
      uid: word,
      salutation: part,
      given_name: word,
      middle_name: part,
      family_name: word,
      suffix: part,
      emails: several(filled(120)),
      phones: several(filled(120)),
      addresses: fc.array(address, { maxLength: 3 }),
      sites: several(fc.webUrl({ withQueryParameters: true })),
      profiles: several(filled(120)),
      birthday: fc.constantFrom(null, '1990-04-30', '--02-29'),
      time_zone: fc.constantFrom(null, 'Europe/Berlin'),
      positions,
      tags: fc.uniqueArray(filled(120), { maxLength: 3 }),
    },
    { noNullPrototype: true },
  );
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
  const v3 =
    'BEGIN:VCARD\nVERSION:3.0\nUID:abc-1\nFN:Ada Lovelace\nN:Lovelace;Ada;;;\nitem1.EMAIL;type=INTERNET:second@x.example\nEMAIL;TYPE=WORK,pref:first@x.\n example\nORG:Analytical Engines\\, Ltd;Research\nTITLE:Analyst\nCATEGORIES:vip,math\nEND:VCARD\n';
  const v4 =
    'BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Grace Brewster Hopper\r\nTEL;VALUE=uri;PREF=1:tel:+1-555-0100\r\nTZ:America/New_York\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:4.0\r\nKIND:group\r\nFN:Team\r\nEND:VCARD';
  const address = {
    label: 'Work',
    street: 'Straße 1',
    city: 'Köln',
    region: null,
    postal_code: '50667',
    country: 'DE',
  };
  assert.deepEqual(await read(`\uFEFF${old}\r\n${v3}${v4}`), [
    {
      ...none,
      given_name: 'Jörg',
      family_name: 'Müller',
      emails: plain('j@x.example'),
      phones: [
        { label: 'Mobile', value: '+49 170 2' },
        { label: 'Home', value: '+49 30 1' },
      ],
      addresses: [address],
    },
    {
      ...none,
      uid: 'abc-1',
      given_name: 'Ada',
      family_name: 'Lovelace',
      emails: [{ label: 'Work', value: 'first@x.example' }, ...plain('second@x.example')],
      positions: [{ company: 'Analytical Engines, Ltd', role: 'Analyst' }],
      tags: ['vip', 'math'],
    },
    {
      ...none,
      given_name: 'Grace Brewster',
      family_name: 'Hopper',
      phones: plain('+1-555-0100'),
      time_zone: 'America/New_York',
    },
    undefined,
  ]);
});

test('every escape is undone, and a name of East Asia that stands as a whole keeps its order', async () => {
  const card =
    'BEGIN:VCARD\nVERSION:3.0\nFN:王 小明\nURL:http\\://x.example/a\\,b\nNOTE:tea\\; no milk\\nnow\\: C:\\\\new\nTITLE:Head\\, all\nX-SOCIALPROFILE:https\\://s.example/a\nNICKNAME:a\\,b,c\nEND:VCARD\n';
  const cards = [];
  for await (const lines of cardLines(Readable.from([Buffer.from(card)]))) cards.push(lines);
  const { sites, profiles, notes, positions, given_name, family_name, details } = readCard(cards[0]!)!;
  assert.deepEqual(sites, plain('http://x.example/a,b'));
  assert.deepEqual(profiles, plain('https://s.example/a'));
  assert.deepEqual(notes, ['tea; no milk\nnow: C:\\new']);
  assert.deepEqual(positions, [{ company: null, role: 'Head, all' }]);
  assert.deepEqual([family_name, given_name], ['王', '小明']);
  assert.deepEqual(details, [{ label: 'NICKNAME', value: 'a,b,c' }]);
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
    assert.deepEqual(await read(card(line)), [{ ...none, given_name: 'Ada', family_name: 'Lovelace' }]);
  const ms = performance.now() - began;
  assert.ok(ms < 60_000, `${Math.round(ms)} ms, and minutes where the work grows with the square`);
});

test('an address of spaces takes no time either', async () => {
  const lines = Array.from({ length: 10 }, () => `ADR:;;a${' '.repeat(60_000)}b\\n \\nc;Wien;;;`);
  const began = performance.now();
  const { addresses } = readCard(['FN:Ada', ...lines])!;
  assert.deepEqual([addresses.length, addresses[0]!.street!.slice(-4), addresses[0]!.city], [10, 'b, c', 'Wien']);
  const ms = performance.now() - began;
  assert.ok(ms < 2_000, `${Math.round(ms)} ms`);
});

test('what is too long to be read is named, as pictures are', async () => {
  const note = `NOTE:${'word '.repeat(14_000)}`;
  const card = `BEGIN:VCARD\r\nFN:Ada Lovelace\r\n${note}\r\nPHOTO:data\r\nEND:VCARD\r\n`;
  for await (const lines of cardLines(Readable.from([Buffer.from(card)])))
    assert.deepEqual(readCard(lines)!.details, [
      { label: 'NOTE', value: `not imported (${note.length} characters)` },
      { label: 'PHOTO', value: 'not imported (10 characters)' },
    ]);
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

test('line breaks of any system stand in a card as line breaks, and no text begins a line of its own', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const made = await api('POST', '/api/v1/contacts', {
    given_name: 'Ada\rEMAIL:other@x.example',
    street: 'Ring 1\r\nDoor 2\rLeft',
    city: 'Wien',
    postal_code: '1010',
    job_title: 'Head\u000bof all',
    other_phones: [{ value: '1\rTEL:2' }],
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { body } = await api('GET', `/api/v1/contacts/${made.body.id}/vcard`);
  const [card] = await read(body);
  const { street, city, postal_code } = card!.addresses[0]!;
  assert.deepEqual(
    [street, city, postal_code, card!.emails, card!.phones.length],
    ['Ring 1, Door 2, Left', 'Wien', '1010', [], 1],
  );
  assert.doesNotMatch(body.replaceAll('\r\n', ''), /[\r\v]/);
});

const facts = (contact: Record<string, unknown>) => {
  const {
    given_name,
    family_name,
    email,
    other_emails,
    phone,
    other_phones,
    job_title,
    street,
    city,
    region,
    postal_code,
    country,
    time_zone,
  } = contact;
  const tags = (contact.tags as { name: string }[]).map(({ name }) => name);
  return {
    given_name,
    family_name,
    email,
    other_emails,
    phone,
    other_phones,
    job_title,
    street,
    city,
    region,
    postal_code,
    country,
    time_zone,
    tags,
  };
};
const byName = async (api: Client) => (await api('GET', '/api/v1/contacts?sort=name&limit=200')).body.data;

test('contacts leave as cards and come back unchanged, and into another workspace as they were', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const tag = (await api('POST', '/api/v1/tags', { name: 'Key; account' })).body;
  const people = [
    {
      given_name: '=1+1',
      family_name: 'Ünï, "x"',
      email: 'a@x.example',
      other_emails: plain('b@x.example', 'c@x.example'),
      phone: '+49 30 1',
      other_phones: plain('+49 30 2'),
      job_title: 'Head; of all',
      street: 'Street 1\\2',
      city: 'Köln',
      region: 'NRW',
      postal_code: '05066',
      country: 'DE',
      time_zone: 'Europe/Berlin',
      tags: [tag.id],
    },
    { given_name: null, family_name: '山田', email: null },
  ];
  for (const person of people) {
    const made = await api('POST', '/api/v1/contacts', person);
    assert.equal(made.status, 201, JSON.stringify(made.body));
  }
  const asked = await api('POST', '/api/v1/exports', { resource: 'contact', format: 'vcf', sort: 'name' });
  assert.equal(asked.status, 202, JSON.stringify(asked.body));
  await eventually(async () => (await api('GET', `/api/v1/exports/${asked.body.id}`)).body.state === 'done');
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

test('a card says all of a contact, each value with its label, and comes back unchanged elsewhere', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const made = async (path: string, body: object) => {
    const answer = await api('POST', `/api/v1/${path}`, body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body.id as string;
  };
  const companies = ['Acme; Ltd', 'Umbrella', 'Former'];
  const [acme, umbrella, former] = await Promise.all(companies.map((name) => made('companies', { name })));
  const person = {
    given_name: 'Ada',
    family_name: 'Lovelace',
    email: 'a@x.example',
    email_label: 'Work',
    phone: '+49 30 1',
    phone_label: 'Work Fax',
    other_emails: [
      { label: 'Home', value: 'b@x.example' },
      { label: 'Büro, Köln', value: 'c@x.example' },
      { label: null, value: 'd@x.example' },
    ],
    other_phones: [{ label: 'Mobile', value: '+49 170 2' }],
    job_title: 'Analyst',
    street: 'Street 1',
    city: 'Köln',
    region: 'NRW',
    postal_code: '05066',
    country: 'Germany',
    address_label: 'Work',
    other_addresses: [
      { label: 'Holiday home', street: null, city: 'Rome', region: null, postal_code: null, country: 'Italy' },
    ],
    sites: [{ label: 'Blog', value: 'https://ada.example/?a=1,2;3' }],
    social_profiles: [
      { label: 'LinkedIn', value: 'https://linkedin.example/in/ada' },
      { label: null, value: '@ada' },
    ],
    birthday: '--12-10',
    time_zone: 'Europe/London',
  };
  const id = await made('contacts', { ...person, company_id: acme });
  for (const position of [{ company_id: umbrella, role: 'Board' }, { company_id: former, role: 'Clerk', ended_on: '2015-06-30' }])
    await made(`contacts/${id}/positions`, position); // biome-ignore format: a table

  const text = (await api('GET', `/api/v1/contacts/${id}/vcard`)).body;
  const [, properties] = ICAL.parse(text) as unknown as [string, [string, Record<string, string>, string, unknown][]];
  const said = (name: string) =>
    properties
      .filter(([property]) => property === name)
      .map(([, { group, type = null }, , value]) => {
        const label = properties.find(([of, parameters]) => of === 'x-ablabel' && parameters.group === group && group);
        return [label?.[3] ?? type, value];
      });
  assert.deepEqual(said('email'), [
    ['work', 'a@x.example'],
    ['home', 'b@x.example'],
    ['Büro, Köln', 'c@x.example'],
    [null, 'd@x.example'],
  ]);
  assert.deepEqual(said('tel'), [
    [['work', 'fax'], '+49 30 1'],
    ['cell', '+49 170 2'],
  ]);
  assert.deepEqual(said('adr'), [
    ['work', ['', '', 'Street 1', 'Köln', 'NRW', '05066', 'Germany']],
    ['Holiday home', ['', '', '', 'Rome', '', '', 'Italy']],
  ]);
  assert.deepEqual(said('url'), [['Blog', 'https://ada.example/?a=1,2;3']]);
  assert.deepEqual(said('x-socialprofile'), [
    ['LinkedIn', 'https://linkedin.example/in/ada'],
    [null, '@ada'],
  ]);
  assert.deepEqual([said('bday'), said('tz')], [[[null, '--12-10']], [[null, 'Europe/London']]]);
  assert.deepEqual(
    said('org').map(([, value]) => [value].flat()),
    [['Acme; Ltd'], ['Umbrella']],
    'those of today',
  );
  assert.deepEqual(
    said('title').map(([, value]) => value),
    ['Analyst', 'Board'],
  );

  const other = (await (await app.tenant()).as('admin')).api;
  const moved = await importNow(other, [['ada.vcf', text.replace(/^X-HOLDFAST-ID.*\r\n/m, '')]]);
  assert.deepEqual(moved.problem_samples, []);
  const [back] = await byName(other);
  const kept = Object.fromEntries(Object.keys(person).map((key) => [key, back[key]]));
  assert.deepEqual(kept, person);
  const [board] = back.positions;
  assert.deepEqual([back.company.name, board.company.name, board.role], ['Acme; Ltd', 'Umbrella', 'Board']);

  const line = {
    ...person,
    email: 'e@x.example',
    sites: [],
    social_profiles: [{ label: 'X\nTEL', value: '@ada\r\nEMAIL:eve@x.example' }],
  };
  const folded = await made('contacts', line);
  assert.doesNotMatch(
    (await api('GET', `/api/v1/contacts/${folded}/vcard`)).body,
    /^(EMAIL:eve|TEL$)/m,
    'no value begins a line of its own',
  );
});

test('cards are read in the encoding that each value or the file says or shows', async () => {
  const card = (fn: string, version = '3.0') => `BEGIN:VCARD\r\nVERSION:${version}\r\n${fn}\r\nEND:VCARD\r\n`;
  const bytes = (text: string) => Buffer.from(text, 'latin1');
  const names = async (file: Buffer) => (await read(file)).map((one) => [one?.given_name, one?.family_name]);
  const zoe = [['Zoë', 'Straße']];
  assert.deepEqual(await names(bytes(card('FN:Zoë Straße'))), zoe, 'Windows-1252');
  assert.deepEqual(await names(Buffer.from(card('FN:Zoë Straße'))), zoe, 'UTF-8');
  assert.deepEqual(await names(bytes(card('N;CHARSET=ISO-8859-1:Straße;Zoë', '2.1'))), zoe, 'of the value');
  const cyrillic = Buffer.from([0xcf, 0xe5, 0xf2, 0xf0]);
  const windows = Buffer.concat([
    bytes('BEGIN:VCARD\r\nN;CHARSET=windows-1251:;'),
    cyrillic,
    bytes('\r\nEND:VCARD\r\n'),
  ]);
  assert.deepEqual(await names(windows), [['Петр', null]]);
  assert.deepEqual(await names(bytes(card('N;CHARSET=nonsense:Straße;Zoë', '2.1'))), zoe, 'one that nobody knows');
  const quoted = card('N;ENCODING=QUOTED-PRINTABLE:Stra=DFe;Zo=EB', '2.1');
  assert.deepEqual(await names(bytes(quoted)), zoe, 'quoted-printable that names none');
  assert.deepEqual(
    await names(Buffer.from(card('N;CHARSET=ISO-8859-1:Straße;Zoë', '2.1'))),
    zoe,
    'not the one it says',
  );
  const wide =
    'N;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-16LE:=53=00=74=00=72=00=61=00=DF=00=65=00=3B=00=5A=00=6F=00=EB=00';
  assert.deepEqual(await names(bytes(card(wide, '2.1'))), zoe, 'quoted-printable in UTF-16');
  const japanese = bytes(card('N;CHARSET=ISO-2022-JP:\x1b$B;3ED\x1b(B;\x1b$BB@O:\x1b(B', '2.1'));
  assert.deepEqual(await names(japanese), [['太郎', '山田']], 'seven bits');
  const mislabelled = Buffer.from(card('N;CHARSET=UTF-16LE:Straße;Zoë', '2.1'), 'utf16le');
  assert.deepEqual(await names(mislabelled), zoe, 'of a file in UTF-16, once');
  const ascii = Buffer.from(card('N;CHARSET=UTF-16LE:Street;Zoe', '2.1'), 'utf16le');
  assert.deepEqual(await names(ascii), [['Zoe', 'Street']], 'of a file in UTF-16, once, without other letters');
  const folded = Buffer.from(card('FN:Zoë Straße')).toString('latin1').replace('\u00c3\u00ab', '\u00c3\r\n \u00ab');
  assert.deepEqual(await names(bytes(folded)), zoe, 'folded within a character');
  for (const bom of ['', '\uFEFF']) {
    const little = Buffer.from(bom + card('FN:Zoë Straße'), 'utf16le');
    assert.deepEqual(await names(little), zoe, `UTF-16${bom && ' with its mark'}`);
    assert.deepEqual(await names(Buffer.from(little).swap16()), zoe, `big-endian UTF-16${bom && ' with its mark'}`);
    assert.deepEqual(await names(Buffer.from(bom + card('FN:Zoë Straße'))), zoe, `UTF-8${bom && ' with its mark'}`);
  }
});

test('a line that is cut within a character, or has a broken one, keeps the others', async () => {
  const note = async (value: Buffer, head = 'NOTE') => {
    const file = Buffer.concat([
      Buffer.from(`BEGIN:VCARD\r\nFN:Zoe\r\n${head}:`),
      value,
      Buffer.from('\r\nEND:VCARD\r\n'),
    ]);
    const cards = [];
    for await (const lines of cardLines(Readable.from([file]))) cards.push(readCard(lines));
    return cards[0]!.notes[0];
  };
  const text = Buffer.from('Zoë wohnt in Köln');
  const cut = Buffer.from('Größe: 5 €').subarray(0, -1);
  assert.equal(await note(cut), 'Größe: 5');
  assert.equal(await note(cut, 'NOTE;CHARSET=UTF-8'), 'Größe: 5');
  assert.equal(await note(Buffer.concat([text, Buffer.from([0xff]), Buffer.from('!')])), 'Zoë wohnt in Köln\uFFFD!');
  assert.equal(await note(Buffer.from('Zo\u00eb', 'latin1')), 'Zoë', 'Windows-1252 that ends like that');
  const quotes = Buffer.from([0x84, 0x53, 0x70, 0x61, 0xdf, 0x93]);
  assert.equal(await note(quotes), '„Spaß“', 'Windows-1252 in which two bytes happen to be a character of UTF-8');
});

test('a file of cards in UTF-16 is taken for one, and says that it was converted', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const text = '\uFEFFBEGIN:VCARD\r\nVERSION:2.1\r\nFN:Zoë Straße\r\nEND:VCARD\r\n';
  const { body } = await upload(api, [['zoe.vcf', Buffer.from(text, 'utf16le')]]);
  assert.deepEqual([body.files[0].resource, body.files[0].converted], ['contact', true]);
  const csv = await upload(api, [['x.csv', 'First name,Email\nAnn,a@x.example\n']]);
  assert.equal(csv.body.files[0].converted, false);
});

test('the card of an agent within a card is not the person', async () => {
  const agent = 'BEGIN:VCARD\r\nFN:Mary Agent\r\nTEL:1\r\nEND:VCARD';
  const file = `BEGIN:VCARD\r\nVERSION:2.1\r\nFN:John Boss\r\nAGENT:\r\n${agent}\r\nTEL:2\r\nEND:VCARD\r\nBEGIN:VCARD\r\nFN:Ann Next\r\nEND:VCARD`;
  const cards = await read(file);
  assert.deepEqual(
    cards.map((one) => [one?.given_name, one?.phones.map(({ value }) => value)]),
    [
      ['John', ['2']],
      ['Ann', []],
    ],
  );
});

test('a card with more lines than any person has is refused before they are read', async () => {
  const card = `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada\r\n${'TEL:+4930123\r\n'.repeat(200_000)}END:VCARD\r\n`;
  await assert.rejects(read(card), { code: 'too_many_lines' });
});
