import assert from 'node:assert/strict';
import { createReadStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { importTargets as targets } from '../../modules/index.ts';
import { statusOfStage } from '../../modules/sales/import/stage-words.ts';
import { cellReader } from './convert.ts';
import { knownNames } from './mapping.ts';
import { type ImportPlan, type ProfiledFile, planImport } from './plan.ts';
import { profileColumns } from './profile.ts';
import { readRows } from './read.ts';
import { sniff } from './sniff.ts';

const isKnownName = knownNames(targets);

async function* once(bytes: Uint8Array) {
  yield bytes;
}

async function profiled(name: string, text: string): Promise<ProfiledFile> {
  const bytes = Buffer.from(text);
  return { name, profiles: await profileColumns(once(bytes), await sniff(bytes, { complete: true, isKnownName })) };
}

const mappingOf = (plan: ImportPlan, name: string) =>
  Object.fromEntries(
    plan.files.find((file) => file.name === name)!.mapping.columns.map(({ column, field }) => [column, field]),
  );

test('exports of other systems are recognised by their column names', async () => {
  const cases: [header: string, row: string, resource: string, mapping: Record<string, string>][] = [
    [
      'Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Associated Company,Lifecycle Stage,Lead Status,Job Title',
      '51,Ann,Lee,ann@lee.com,+1 212 555 0100,Bo Ek,Lee Ltd,Customer,Open,CEO',
      'contact',
      {
        'Record ID': 'external_id',
        'First Name': 'given_name',
        'Last Name': 'family_name',
        Email: 'email',
        'Phone Number': 'phone',
        'Contact owner': 'owner',
        'Associated Company': 'company',
        'Lifecycle Stage': 'lifecycle_stage',
        'Lead Status': 'lead_status',
        'Job Title': 'job_title',
      },
    ],
    [
      'AccountId,AccountName,ParentAccount,Industry,AnnualRevenue,NumberOfEmployees,BillingStreet,BillingCity,BillingCountry,Website',
      '001A,Acme,Holding,Retail,1000000,50,1 High St,Leeds,United Kingdom,acme.co.uk',
      'company',
      {
        AccountId: 'external_id',
        AccountName: 'name',
        ParentAccount: 'parent',
        Industry: 'industry',
        AnnualRevenue: 'annual_revenue',
        NumberOfEmployees: 'employee_count',
        BillingStreet: 'street',
        BillingCity: 'city',
        BillingCountry: 'country',
        Website: 'website',
      },
    ],
    [
      'Deal - ID,Deal - Title,Deal - Value,Deal - Currency,Deal - Stage,Deal - Owner,Deal - Organization,Deal - Expected close date',
      '7,Big one,1200,EUR,Won,Bo Ek,Acme,2024-05-01',
      'deal',
      {
        'Deal - ID': 'external_id',
        'Deal - Title': 'name',
        'Deal - Value': 'amount',
        'Deal - Currency': 'currency',
        'Deal - Stage': 'stage',
        'Deal - Owner': 'owner',
        'Deal - Organization': 'company',
        'Deal - Expected close date': 'expected_close_on',
      },
    ],
    [
      'Vorname;Nachname;E-Mail-Adresse;Telefon;Firma;Straße;PLZ;Ort;Land',
      'Anna;Schmidt;anna@schmidt.de;+49 30 123456;Schmidt GmbH;Hauptstr. 1;10115;Berlin;Deutschland',
      'contact',
      {
        Vorname: 'given_name',
        Nachname: 'family_name',
        'E-Mail-Adresse': 'email',
        Telefon: 'phone',
        Firma: 'company',
        Straße: 'street',
        PLZ: 'postal_code',
        Ort: 'city',
        Land: 'country',
      },
    ],
    [
      'Datensatz-ID;Vorname;Nachname;Mobiltelefonnummer;Kontakt-Zuständiger;Lead-Status;Lifecycle-Phase;Unternehmensname;Jobbezeichnung;Straße und Hausnummer',
      '12;Ann;Lee;+49 170 2;Bo Ek;Neu;Lead;Lee GmbH;Leiterin;Weg 1',
      'contact',
      {
        'Datensatz-ID': 'external_id',
        Vorname: 'given_name',
        Nachname: 'family_name',
        Mobiltelefonnummer: 'phone',
        'Kontakt-Zuständiger': 'owner',
        'Lead-Status': 'lead_status',
        'Lifecycle-Phase': 'lifecycle_stage',
        Unternehmensname: 'company',
        Jobbezeichnung: 'job_title',
        'Straße und Hausnummer': 'street',
      },
    ],
    [
      'Unternehmensname;Unternehmensdomain;Zuständiger Mitarbeiter;Anzahl der Mitarbeiter;Branche',
      'Lee GmbH;lee.example;Bo Ek;120;Handel',
      'company',
      {
        Unternehmensname: 'name',
        Unternehmensdomain: 'domain',
        'Zuständiger Mitarbeiter': 'owner',
        'Anzahl der Mitarbeiter': 'employee_count',
        Branche: 'industry',
      },
    ],
    [
      'Name der Opportunity;Accountname;Betrag;Schlusstermin;Phase;Opportunity-Inhaber;Produkte',
      'Groß;Lee GmbH;100;31.12.2026;Angebot;Bo Ek;Schraube',
      'deal',
      {
        'Name der Opportunity': 'name',
        Accountname: 'company',
        Betrag: 'amount',
        Schlusstermin: 'closed_on',
        Phase: 'stage',
        'Opportunity-Inhaber': 'owner',
        Produkte: 'product',
      },
    ],
    [
      'Titel;Wert;Organisation;Kontaktperson;Phase;Erwartetes Abschlussdatum;Besitzer',
      'Groß;100;Lee GmbH;Ann Lee;Angebot;31.12.2026;Bo Ek',
      'deal',
      {
        Titel: 'name',
        Wert: 'amount',
        Organisation: 'company',
        Kontaktperson: 'contact',
        Phase: 'stage',
        'Erwartetes Abschlussdatum': 'expected_close_on',
        Besitzer: 'owner',
      },
    ],
    [
      'Aufgabe;Fällig am;Zuständig;Priorität;Beschreibung;Firma',
      'Anrufen;31.12.2026;Bo Ek;Hoch;Wie besprochen;Lee GmbH',
      'task',
      {
        Aufgabe: 'title',
        'Fällig am': 'due_on',
        Zuständig: 'assignee',
        Priorität: 'priority',
        Beschreibung: 'body',
        Firma: 'company',
      },
    ],
    [
      'Art;Betreff;Datum;Dauer;Kontakt;Notiz',
      'Anruf;Rückfrage;31.12.2025 14:00;15;Ann Lee;Kurz',
      'activity',
      {
        Art: 'kind',
        Betreff: 'subject',
        Datum: 'occurred_at',
        Dauer: 'duration_minutes',
        Kontakt: 'contact',
        Notiz: 'body',
      },
    ],
    [
      'Artikelnummer;Bezeichnung;Kategorie;Preis',
      'A-1;Schraube;Eisenwaren;1,50 €',
      'product',
      { Artikelnummer: 'external_id', Bezeichnung: 'name', Kategorie: 'family', Preis: 'unit_price' },
    ],
  ];
  for (const [header, row, resource, mapping] of cases) {
    const plan = planImport([await profiled('file', `${header}\n${row}\n`)], targets);
    assert.equal(plan.files[0]?.mapping.resource, resource, header);
    assert.deepEqual(mappingOf(plan, 'file'), mapping);
    assert.deepEqual(plan.files[0]!.problems, []);
  }
});

test('a task is due on a day where its column has days alone, and at a time where it has times', async () => {
  const dueOf = async (header: string, due: string) =>
    mappingOf(planImport([await profiled('file', `Task,${header},Assignee\nRing,${due},Bo Ek\n`)], targets), 'file')[
      header
    ];
  for (const header of ['Due', 'Due date', 'Deadline']) {
    assert.equal(await dueOf(header, '2026-12-24'), 'due_on', header);
    assert.equal(await dueOf(header, '2026-12-24 14:00'), 'due_at', header);
  }
});

test('columns with names that say nothing are mapped by their values', async () => {
  const plan = planImport(
    [await profiled('file', 'name,c1,c2\nAnn Lee,ann@lee.com,Norway\nBo Ek,bo@ek.se,Sweden\n')],
    targets,
  );
  assert.equal(plan.files[0]?.mapping.resource, 'contact');
  assert.deepEqual(mappingOf(plan, 'file'), { name: 'full_name', c1: 'email', c2: 'country' });
});

test('a column refers to the file whose names its values are, whatever it is called', async () => {
  const companies = await profiled(
    'one',
    'company name,industry,employees\nAcme,Retail,5\nBeta Ltd,Retail,6\nGamma,Retail,7\n',
  );
  const deals = await profiled(
    'two',
    'opportunity id,stage,amount,for whom\nA1,Won,5,Acme\nA2,Lost,6,beta ltd\nA3,Won,7,Delta\nA4,Won,7,Gamma\n',
  );
  const plan = planImport([deals, companies], targets);
  assert.deepEqual(
    plan.files.map((file) => [file.name, file.mapping.resource]),
    [
      ['one', 'company'],
      ['two', 'deal'],
    ],
  );
  const [reference] = plan.files[1]!.references;
  assert.deepEqual(
    [reference?.column, reference?.field, reference?.found_in],
    ['for whom', 'company', { file: 'one', column: 'company name' }],
  );
  assert.deepEqual(reference?.matches?.normalised, [{ text: 'beta ltd', name: 'Beta Ltd', rows: 1 }]);
  assert.deepEqual(reference?.matches?.missing, [{ text: 'Delta', suggestion: null, rows: 1 }]);
});

test('files nobody can place are named, and a required field that is missing stops its file', async () => {
  const plan = planImport(
    [await profiled('mystery', 'foo,bar\nx y,z w\n'), await profiled('half', 'sku,price\nA-1,5\nA-2,6\n')],
    targets,
  );
  assert.deepEqual(plan.unknown, ['mystery']);
  assert.deepEqual(
    plan.files[0]!.problems.map((problem) => [problem.code, problem.severity]),
    [['required_field_missing', 'fatal']],
  );
});

test('files load after those that their custom fields name, unless others refer back', async () => {
  const kind = (resource: string, named: object) => ({
    resource,
    label: resource,
    synonyms: [],
    identity: ['name'],
    fields: [
      { name: 'name', type: 'text' as const, label: `${resource} name`, synonyms: [] },
      { name: 'other', type: 'text' as const, label: `${resource} other`, synonyms: [], ...named },
    ],
  });
  const files = [await profiled('1', 'a name,a other\nx,y\n'), await profiled('2', 'b name,b other\ny,x\n')];
  const names = (plan: ImportPlan) => [plan.files.map(({ name }) => name), plan.problems.map(({ code }) => code)];
  const custom = kind('a', { names: 'b' });
  assert.deepEqual(names(planImport(files, [custom, kind('b', {})])), [['2', '1'], []]);
  const back = kind('b', { reference: { resource: 'a', by: 'name' } });
  assert.deepEqual(names(planImport(files, [custom, back])), [['1', '2'], []]);
});

test('kinds of records that refer to each other in a circle are a problem', async () => {
  const circular = ['a', 'b'].map((resource) => ({
    resource,
    label: resource,
    synonyms: [],
    identity: ['name'],
    fields: [
      { name: 'name', type: 'text' as const, label: `${resource} name`, synonyms: [] },
      {
        name: 'other',
        type: 'text' as const,
        label: 'Other',
        synonyms: [`${resource} other`],
        reference: { resource: resource === 'a' ? 'b' : 'a', by: 'name' as const },
      },
    ],
  }));
  const plan = planImport(
    [await profiled('1', 'a name,a other\nx,y\n'), await profiled('2', 'b name,b other\ny,x\n')],
    circular,
  );
  assert.deepEqual(
    plan.problems.map((problem) => problem.code),
    ['circular_files'],
  );
  assert.equal(plan.files.length, 2);
});

test('a name that speaks of millions is asked about with that proposed; plausible figures are not asked about', async () => {
  const question = async (text: string) =>
    planImport([await profiled('file', text)], targets).files[0]!.questions.map(({ code, proposed }) => [
      code,
      proposed,
    ]);
  assert.deepEqual(await question('company,revenue (millions USD)\nAcme,1100.04\n'), [['unit', '1000000']]);
  assert.deepEqual(await question('company,revenue,employees\nAcme,1100.04,2822\n'), [['unit', '1']]);
  assert.deepEqual(await question('company,revenue,employees\nAcme,110000400,2822\n'), []);
});

test('stages say whether a deal is won', () => {
  assert.deepEqual(
    ['Won', 'Closed Won', 'closedwon', 'Gewonnen', 'Lost', 'closed_lost', 'Engaging', 'Wonder'].map(statusOfStage),
    ['won', 'won', 'won', 'won', 'lost', 'lost', 'open', 'open'],
  );
});

const sample = new URL('../../../../shared/data/crm-opportunities/', import.meta.url);
const sampleFiles = ['sales_pipeline', 'products', 'accounts', 'sales_teams'];

test('the sample of four files is understood without help and without its file names', {
  skip: !existsSync(sample) && 'the sample is not here',
}, async () => {
  const files: ProfiledFile[] = [];
  for (const [at, name] of sampleFiles.entries()) {
    const path = new URL(`${name}.csv`, sample);
    const found = await sniff(await readFile(path), { complete: true, isKnownName });
    assert.deepEqual(found.problems, []);
    files.push({ name: `file ${at}`, profiles: await profileColumns(createReadStream(path), found) });
  }
  for (const given of [files, files.toReversed()]) {
    const plan = planImport(given, targets);
    assert.deepEqual(plan.problems, []);
    assert.deepEqual(
      plan.files.map((file) => [file.name, file.mapping.resource, file.mapping.unmapped]),
      [
        ['file 3', 'user', []],
        ['file 2', 'company', []],
        ['file 1', 'product', []],
        ['file 0', 'deal', []],
      ],
    );
    assert.deepEqual(mappingOf(plan, 'file 3'), { sales_agent: 'name', manager: 'manager', regional_office: 'region' });
    assert.deepEqual(mappingOf(plan, 'file 1'), { product: 'name', series: 'family', sales_price: 'unit_price' });
    assert.deepEqual(mappingOf(plan, 'file 2'), {
      account: 'name',
      sector: 'industry',
      year_established: 'founded_year',
      revenue: 'annual_revenue',
      employees: 'employee_count',
      office_location: 'country',
      subsidiary_of: 'parent',
    });
    assert.deepEqual(mappingOf(plan, 'file 0'), {
      opportunity_id: 'external_id',
      sales_agent: 'owner',
      product: 'product',
      account: 'company',
      deal_stage: 'stage',
      engage_date: 'opened_on',
      close_date: 'closed_on',
      close_value: 'amount',
    });
    assert.deepEqual(
      plan.files.flatMap((file) => file.questions.map(({ code, column, proposed }) => [code, column, proposed])),
      [['unit', 'revenue', '1']],
    );
    const references = plan.files.flatMap((file) => file.references);
    assert.deepEqual(
      references.map(({ field, found_in }) => [field, found_in?.file, found_in?.column]),
      [
        ['parent', 'file 2', 'account'],
        ['owner', 'file 3', 'sales_agent'],
        ['product', 'file 1', 'product'],
        ['company', 'file 2', 'account'],
      ],
    );
    assert.deepEqual(
      references.flatMap(({ matches }) => matches!.normalised),
      [{ text: 'GTXPro', name: 'GTX Pro', rows: 1_480 }],
    );
    assert.deepEqual(
      references.flatMap(({ matches }) => [...matches!.missing, ...matches!.ambiguous]),
      [],
    );
  }
});

test('the deals of the sample add up', { skip: !existsSync(sample) && 'the sample is not here' }, async () => {
  const path = new URL('sales_pipeline.csv', sample);
  const found = await sniff(await readFile(path), { complete: true, isKnownName });
  const profiles = await profileColumns(createReadStream(path), found);
  const deal = targets.find((target) => target.resource === 'deal')!;
  const reader = (field: string, column: string) => {
    const { type, null_markers } = profiles.find((profile) => profile.name === column)!;
    return cellReader(deal.fields.find((candidate) => candidate.name === field)!, {
      type,
      null_markers,
      currency: 'USD',
    });
  };
  const [amount, opened, closed] = [
    reader('amount', 'close_value'),
    reader('opened_on', 'engage_date'),
    reader('closed_on', 'close_date'),
  ];
  const stages: Record<string, number> = {};
  let wonCents = 0n;
  let withoutCompany = 0;
  for await (const { rows } of readRows(createReadStream(path), found.dialect, found)) {
    for (const { cells, problems } of rows) {
      assert.equal(problems.length, 0);
      const [, , , company = '', stage = '', engaged = '', ended = '', value = ''] = cells;
      stages[stage] = (stages[stage] ?? 0) + 1;
      if (company === '') withoutCompany++;
      for (const date of [opened(engaged), closed(ended)])
        if (date !== null) assert.match(String(date), /^201[67]-\d\d-\d\d$/);
      if (statusOfStage(stage) === 'won') wonCents += BigInt(String(amount(value)).replace('.', ''));
    }
  }
  assert.deepEqual(stages, { Won: 4_238, Lost: 2_473, Engaging: 1_589, Prospecting: 500 });
  assert.deepEqual([wonCents, withoutCompany], [1_000_553_400n, 1_425]);
});
