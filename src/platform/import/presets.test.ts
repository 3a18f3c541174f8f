import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { follow, importNow, readUploads, upload } from '../../../test/harness/import.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

const fixtures = new URL('../../../test/fixtures/presets/', import.meta.url);
const products = { hubspot: 'HubSpot', salesforce: 'Salesforce', pipedrive: 'Pipedrive', zoho: 'Zoho CRM' };

for (const [key, product] of Object.entries(products))
  test(`an export from ${product} is recognised by its columns, and goes in without a question`, async () => {
    const { api } = await (await app.tenant()).as('admin');
    const stages = (await api('POST', '/api/v1/pipelines', { name: 'Sales' })).body.stages;
    const stage = stages.find(({ kind }: { kind: string }) => kind === 'open').name;
    const files = (await readUploads(fixtures)).filter(([name]) => name.startsWith(key));
    const made = await upload(
      api,
      files.map(([, content], at) => [`${at}.csv`, String(content).replace('Qualified', stage)]),
    );
    assert.equal(made.status, 201, JSON.stringify(made.body));
    assert.deepEqual(
      made.body.files.map(({ source, resource }: { source: string; resource: string }) => [source, resource]),
      ['company', 'contact', 'deal'].map((resource) => [product, resource]),
    );
    const done = await follow(api, made.body.id, 'runs');
    assert.deepEqual(done.files.map(({ counts }) => counts.created), [1, 1, 1], JSON.stringify(done.problem_samples)); // biome-ignore format: one call
    const [company] = (await api('GET', '/api/v1/companies')).body.data;
    const [contact] = (await api('GET', '/api/v1/contacts')).body.data;
    const [deal] = (await api('GET', '/api/v1/deals')).body.data;
    assert.equal(company.name, 'Nordwind GmbH');
    assert.deepEqual(
      [contact.given_name, contact.family_name, contact.email, contact.phone],
      ['Ada', 'Berg', 'ada@nordwind.example', '+49 431 555010'],
    );
    assert.deepEqual(
      [deal.name, deal.amount, deal.expected_close_on, deal.stage.name],
      ['Turbines 2027', '125000.50', '2026-12-01', stage],
    );
    assert.ok(
      company.external_id && contact.external_id && deal.external_id,
      'their ids tell them apart the next time',
    );
    assert.equal(contact.company?.id, company.id);
    assert.equal(deal.company?.id, company.id);
  });

test('a file that only shares some columns is nobody’s', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const made = await upload(api, [['a.csv', 'Record ID,First Name,Last Name,Email\n1,Ada,Berg,a@x.example\n']]);
  assert.equal(made.body.files[0].source, null);
});

const googleNow = [
  'First Name,Middle Name,Last Name,Nickname,Organization Name,Organization Title,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value,Address 1 - Label,Address 1 - Formatted,Address 1 - Street,Address 1 - City,Address 1 - PO Box,Address 1 - Region,Address 1 - Postal Code,Address 1 - Country,Address 2 - Label,Address 2 - Street,Address 2 - City,Website 1 - Label,Website 1 - Value,Relation 1 - Label,Relation 1 - Value',
  'Ada,Maria,Berg,Addi,Nordwind GmbH,Head of sales,1990-04-30,"Met in Kiel,\nlikes tea",,Friends ::: * myContacts,* Work,ada@nordwind.example ::: ada.b@nordwind.example,Home,ada@home.example,Work,+49 431 555010,Mobile,+49 170 555020 ::: +49 170 555021,Work,"Hafen 1\nKiel","Hafen 1\nHaus B",Kiel,,SH,24103,Germany,Home,Deich 2,Husum,Blog,ada.example/blog,Spouse,Bo Berg',
  'Cy,,Day,,,, --05-06,,,* myContacts,,,,,Work,+47 22 555030,,,,,,,,,,,,,,,,,',
];
const googleBefore = [
  'Name,Given Name,Additional Name,Family Name,Birthday,Occupation,Notes,Group Membership,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value,Address 1 - Type,Address 1 - Formatted,Address 1 - City,Organization 1 - Type,Organization 1 - Name,Organization 1 - Title,Organization 2 - Name,Organization 2 - Title,Website 1 - Type,Website 1 - Value',
  'Ida Ek,Ida,,Ek,1604-01-02,Potter,Old friend,* My Contacts ::: Kiln club,* Home,ida@ek.example,Work,+47 22 555040,Home,Lysverksveien 3,Oslo,,Ek Keramikk AS,Owner,Guild of Potters,Chair,Profile,https://ek.example/ida',
];
const outlookEnglish = [
  'First Name,Middle Name,Last Name,Title,Suffix,E-mail Address,E-mail Type,E-mail 2 Address,Home Phone,Business Phone,Mobile Phone,Business Fax,Business Street,Business City,Business State,Business Postal Code,Business Country/Region,Home Street,Home City,Company,Job Title,Department,Birthday,Anniversary,Web Page,Categories,Notes,Gender,Priority,Hobby',
  'Finn,,Lund,Dr.,,finn@lund.example,SMTP,finn@home.example,+45 33 55 50 10,+45 33 55 50 11,+45 33 55 50 12,+45 33 55 50 13,Kaj 4,Aarhus,Midtjylland,8000,Denmark,Skov 5,Ry,Lund Marine ApS,Surveyor,Yachts,4/30/1985,0/0/00,https://lund.example,Sailing;Dealers,Ask for the boat,Unspecified,Normal,Rowing',
];
const outlookGerman = [
  '"Anrede","Vorname","Nachname","Firma","Abteilung","Position","Straße geschäftlich","Ort geschäftlich","Postleitzahl geschäftlich","Land/Region geschäftlich","Straße privat","Ort privat","Telefon geschäftlich","Mobiltelefon","E-Mail-Adresse","E-Mail-Typ","E-Mail 2: Adresse","Geburtstag","Kategorien","Notizen","Webseite","Postfach geschäftlich","Telefon für Hörbehinderte"',
  '"Frau","Grete","Öhm","Öhm & Töchter KG","Leitung","Inhaberin","Am Markt 6","Fürth","90762","Germany","Gasse 7","Roth","+49 911 555010","+49 151 555020","grete@oehm.example","SMTP","g@privat.example","30.4.1979","Stammkunden","Ruft gern an","www.oehm.example","Postfach 12","+49 911 555099"',
];
const connections = [
  'Notes:', '"Some addresses may be missing, as members choose."', '',
  'First Name,Last Name,URL,Email Address,Company,Position,Connected On',
  'Hal,Iver,https://www.linkedin.example/in/hal,hal@iver.example,Iver Labs,Chemist,03 Apr 2026',
]; // biome-ignore format: a file
const cards = [
  'BEGIN:VCARD',
  'VERSION:3.0',
  'PRODID:-//Apple Inc.//macOS//EN',
  'N:Juul;Kari;Lin;Prof.;',
  'FN:Prof. Kari Lin Juul',
  'NICKNAME:Kaja',
  'ORG:Juul Institute;Optics',
  'TITLE:Director',
  'EMAIL;type=INTERNET;type=WORK;type=pref:kari@juul.example',
  'item1.EMAIL;type=INTERNET:kari@lens.example',
  'item1.X-ABLabel:Lens club',
  'TEL;type=CELL;type=VOICE:+47 90 55 50 10',
  'TEL;type=WORK;type=FAX:+47 90 55 50 11',
  'item2.ADR;type=WORK:;;Optikk 8;Bergen;;5003;Norway',
  'item3.ADR;type=HOME:;;Fjell 9;Voss;;5700;Norway',
  'item4.URL:https://juul.example',
  'item4.X-ABLabel:_$!<HomePage>!$_',
  'BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29',
  'NOTE:Prefers letters\\, always',
  'X-SOCIALPROFILE;type=mastodon:https://social.example/@kari',
  'CATEGORIES:Science,myContacts',
  'PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD',
  'END:VCARD',
  'BEGIN:VCARD',
  'VERSION:2.1',
  'N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=B8ller;Lars;;;',
  'TEL;HOME:+45 33 55 50 20',
  'END:VCARD',
];

type Found = Record<string, unknown> & { given_name: string };

/** The people of a file once they are imported, with all that hangs on them, and the report. */
async function importPeople(name: string, lines: string[], source: string | null, eol = '\r\n') {
  const { api } = await (await app.tenant()).as('admin');
  const done = await importNow(api, [[name, lines.join(eol)]], () => ({ options: { mode: 'create_and_update' } }));
  assert.equal(done.files[0]!.counts.errors, 0, JSON.stringify(done.problem_samples));
  assert.equal(done.files[0]!.source, source);
  const contacts = (await api('GET', '/api/v1/contacts?sort=given_name')).body.data as Found[];
  const notes = (await api('GET', '/api/v1/notes')).body.data.map(({ body }: { body: string }) => body) as string[];
  return {
    api,
    done,
    contacts,
    notes,
    all: JSON.stringify([contacts, notes, done.files[0]!.problems, done.problem_samples]),
  };
}

/** `said`: values that stand in the product in another form, or mean nothing. */
function assertNothingLost(lines: string[], all: string, said: string[]): void {
  const values = lines
    .slice(1)
    .flatMap((line) => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/))
    .flatMap((cell) => cell.replace(/^"|"$/g, '').split(' ::: '));
  const lost = values
    .flatMap((value) => value.split('\n'))
    .map((value) => value.replace(/,$/, '').trim().replaceAll('&', '&amp;'))
    .filter((value) => !all.includes(value) && !all.includes(value.replaceAll('&amp;', '&')) && !said.includes(value));
  assert.deepEqual(lost, []);
}

const labelled = (list: unknown) =>
  (list as { label: string; value: string }[]).map(({ label, value }) => `${label}: ${value}`);

test('Google Contacts: everything of a person arrives, with its labels, and no label becomes a number', async () => {
  const { contacts, notes, all } = await importPeople('contacts.csv', googleNow, 'Google Contacts');
  const [ada, cy] = contacts as [Found, Found];
  assert.deepEqual(
    [ada.email, ada.email_label, labelled(ada.other_emails)],
    ['ada@nordwind.example', 'Work', ['Work: ada.b@nordwind.example', 'Home: ada@home.example']],
  );
  assert.deepEqual(
    [ada.phone, ada.phone_label, labelled(ada.other_phones)],
    ['+49 431 555010', 'Work', ['Mobile: +49 170 555020', 'Mobile: +49 170 555021']],
  );
  assert.deepEqual(
    [ada.street, ada.city, ada.postal_code, ada.country, ada.address_label],
    ['Hafen 1, Haus B', 'Kiel', '24103', 'Germany', 'Work'],
  );
  assert.deepEqual(ada.other_addresses, [
    { label: 'Home', street: 'Deich 2', city: 'Husum', region: null, postal_code: null, country: null },
  ]);
  assert.deepEqual(
    [ada.birthday, ada.job_title, (ada.company as Found).name, labelled(ada.sites)],
    ['1990-04-30', 'Head of sales', 'Nordwind GmbH', ['Blog: https://ada.example/blog']],
  );
  assert.deepEqual((ada.tags as Found[]).map(({ name }) => name), ['Friends']); // biome-ignore format: one call
  assert.deepEqual([cy.birthday, cy.phone, cy.phone_label, cy.tags], ['--05-06', '+47 22 555030', 'Work', []]);
  assert.equal(notes.length, 1);
  assertNothingLost(googleNow, all, ['* myContacts', '* Work']);
});

test('Google Contacts as it was before: a second organisation becomes a position', async () => {
  const { contacts, all } = await importPeople('google.csv', googleBefore, 'Google Contacts');
  const [ida] = contacts as [Found & { positions: { company: { name: string }; role: string }[] }];
  assert.deepEqual([ida.name, (ida.company as Found).name, ida.job_title], ['Ida Ek', 'Ek Keramikk AS', 'Owner']);
  assert.deepEqual(ida.positions.map(({ company, role }) => [company.name, role]), [['Guild of Potters', 'Chair']]); // biome-ignore format: one call
  assertNothingLost(googleBefore, all, ['* My Contacts', '* Home']);
});

test('Outlook, in English and in German', async () => {
  const english = await importPeople('contacts.csv', outlookEnglish, 'Outlook');
  const [finn] = english.contacts as [Found];
  assert.deepEqual(
    [finn.city, (finn.company as Found).name, finn.birthday, finn.phone_label],
    ['Aarhus', 'Lund Marine ApS', '1985-04-30', 'Work'],
  );
  assertNothingLost(outlookEnglish, english.all, [
    'SMTP',
    '0/0/00',
    'Unspecified',
    'Normal',
    '4/30/1985',
    'Sailing;Dealers',
  ]);
  const german = await importPeople('kontakte.csv', outlookGerman, 'Outlook');
  const [grete] = german.contacts as [Found];
  assert.deepEqual(
    [grete.city, (grete.company as Found).name, grete.birthday, grete.postal_code],
    ['Fürth', 'Öhm & Töchter KG', '1979-04-30', '90762'],
  );
  assert.deepEqual(
    [grete.street, (grete.other_phones as Found[]).map(({ label }) => label)],
    ['Am Markt 6, Postfach 12', ['Mobile', 'TTY']],
  );
  assertNothingLost(outlookGerman, german.all, ['SMTP', '30.4.1979']);
});

test('LinkedIn: the lines before the header are passed over, rows keep their numbers', async () => {
  const { contacts, all } = await importPeople('Connections.csv', connections, 'LinkedIn');
  const [hal] = contacts as [Found];
  assert.deepEqual(
    [hal.email, hal.job_title, labelled(hal.social_profiles)],
    ['hal@iver.example', 'Chemist', ['LinkedIn: https://www.linkedin.example/in/hal']],
  );
  assertNothingLost(connections.slice(3), all, []);
});

// As the address book of Thunderbird writes them.
const thunderbirdCards = [
  'BEGIN:VCARD',
  'VERSION:4.0',
  'EMAIL;PREF=1:mia@thunder.example',
  'EMAIL;TYPE=home:mia@home.example',
  'FN:Mia Orre',
  'NICKNAME:Mimi',
  'ORG:Orre AB;Boats',
  'TITLE:Owner',
  'N:Orre;Mia;;;',
  'NOTE:Calls on Fridays',
  'URL;TYPE=work;VALUE=URL:https://orre.example',
  'TEL;TYPE=work;VALUE=TEXT:+46 8 555 010 10',
  'TEL;TYPE=cell;VALUE=TEXT:+46 70 555 01 02',
  'ADR;TYPE=home:;;Strand 3;Ystad;Skåne;271 30;Sverige',
  'BDAY;VALUE=DATE:--0512',
  'ANNIVERSARY;VALUE=DATE:20100606',
  'TZ;VALUE=TEXT:Europe/Stockholm',
  'IMPP;VALUE=URI:xmpp:mia@chat.example',
  'ROLE:Skipper',
  'X-CUSTOM1;VALUE=TEXT:Berth 12',
  'UID:6f7a2c1e-0f4b-4c7e-9d2a-2f1f6a3b9c11',
  'END:VCARD',
];

test('vCards of Thunderbird: every value arrives, what has no field in a note', async () => {
  const { contacts, notes } = await importPeople('thunderbird.vcf', thunderbirdCards, null);
  const [mia] = contacts as [Found];
  assert.deepEqual(
    [mia.given_name, mia.family_name, (mia.company as Found).name, mia.job_title],
    ['Mia', 'Orre', 'Orre AB', 'Owner'],
  );
  assert.deepEqual([mia.email, labelled(mia.other_emails)], ['mia@thunder.example', ['Home: mia@home.example']]);
  assert.deepEqual(
    [mia.phone, mia.phone_label, labelled(mia.other_phones)],
    ['+46 8 555 010 10', 'Work', ['Mobile: +46 70 555 01 02']],
  );
  assert.deepEqual(
    [mia.street, mia.city, mia.region, mia.postal_code, mia.country, mia.address_label],
    ['Strand 3', 'Ystad', 'Skåne', '271 30', 'Sverige', 'Home'],
  );
  assert.deepEqual(
    [mia.birthday, mia.time_zone, labelled(mia.sites)],
    ['--05-12', 'Europe/Stockholm', ['Work: https://orre.example']],
  );
  assert.match(JSON.stringify(mia.social_profiles), /xmpp:mia@chat\.example/);
  for (const detail of [
    'Calls on Fridays',
    'NICKNAME: Mimi',
    'Department: Boats',
    'ROLE: Skipper',
    'X-CUSTOM1: Berth 12',
    'ANNIVERSARY: 2010-06-06',
  ])
    assert.ok(notes.join().includes(detail), `${detail} in ${notes}`);
});

test('vCards of Apple and of older programs: labels, addresses, a birthday without its year, what else there is in a note', async () => {
  const { contacts, notes } = await importPeople('people.vcf', cards, null);
  const [kari, lars] = contacts as [Found, Found];
  assert.deepEqual(
    [kari.email, kari.email_label, labelled(kari.other_emails)],
    ['kari@juul.example', 'Work', ['Lens club: kari@lens.example']],
  );
  assert.deepEqual([kari.phone_label, labelled(kari.other_phones)], ['Mobile', ['Work Fax: +47 90 55 50 11']]);
  assert.deepEqual(
    [kari.city, kari.address_label, labelled(kari.sites), kari.birthday],
    ['Bergen', 'Work', ['HomePage: https://juul.example'], '--02-29'],
  );
  assert.deepEqual(labelled(kari.social_profiles), ['mastodon: https://social.example/@kari']);
  assert.deepEqual((kari.tags as Found[]).map(({ name }) => name), ['Science']); // biome-ignore format: one call
  assert.match(notes.join(), /Prefers letters, always/);
  for (const detail of ['NICKNAME: Kaja', 'Department: Optics', 'PHOTO: not imported'])
    assert.ok(notes.join().includes(detail), detail);
  assert.deepEqual([kari.salutation, kari.middle_name], ['Prof.', 'Lin']);
  assert.deepEqual([lars.family_name, lars.phone_label], ['Møller', 'Home']);
});
