import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Client,
  eventually,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../../test/harness/app.ts';
import { importNow } from '../../../../test/harness/import.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

const workspace = async (): Promise<{ tenant: TestTenant; api: Client }> => {
  const tenant = await app.tenant();
  return { tenant, ...(await tenant.as('admin')) };
};
async function make(api: Client, noun: string, body: object): Promise<string> {
  const made = await api('POST', `/api/v1/${noun}`, body);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body.id;
}
const same = (field: string) => ({ field, compare: 'same' });
const put = (api: Client, resource: string, rules: object[]) =>
  api('PUT', `/api/v1/duplicate-rules/${resource}`, { rules });
async function set(api: Client, resource: string, rules: object[]): Promise<void> {
  const saved = await put(api, resource, rules);
  assert.equal(saved.status, 200, JSON.stringify(saved.body));
  assert.deepEqual([saved.body.rules, saved.body.standard], [rules, false]);
}
const matches = async (api: Client, noun: string, draft: object) =>
  (await api('POST', `/api/v1/${noun}/matches`, draft)).body.data.map(
    ({ id, reasons }: { id: string; reasons: { text: string }[] }) => [id, reasons.map(({ text }) => text)],
  );
async function done(api: Client, job_id: string) {
  return eventually(async () => {
    const { body } = await api('GET', `/api/v1/jobs/${job_id}`);
    return body.state === 'done' && body;
  });
}
async function pairs(api: Client, resource: string): Promise<[string[], string[]][]> {
  // One that waits already began with older rules, or may have.
  const id = await eventually(async () => (await api('POST', '/api/v1/duplicates/search')).body.job_id);
  await done(api, id);
  const found = await api('GET', `/api/v1/duplicates?resource=${resource}`);
  return found.body.data.map(({ records, reasons }: { records: { id: string }[]; reasons: { text: string }[] }) => [
    records.map(({ id }) => id).sort(),
    reasons.map(({ text }) => text),
  ]);
}

test('rules that somebody else changed meanwhile are not overwritten', async () => {
  const { api } = await workspace();
  const rules = (field: string) => ({ rules: [{ when: [same(field)], suspects: true, imports: false }] });
  const at = (version: number, field: string) =>
    api('PUT', '/api/v1/duplicate-rules/contact', rules(field), { 'if-match': `"${version}"` });
  const found = (await api('GET', '/api/v1/duplicate-rules')).body.data[0];
  assert.deepEqual([found.resource, found.version], ['contact', 0]);
  const [one, other] = await Promise.all([at(0, 'email'), at(0, 'phone')]);
  assert.deepEqual([one.status, other.status].sort(), [200, 412]);
  const kept = one.status === 200 ? one : other;
  const refused = kept === one ? other : one;
  assert.deepEqual(refused.body.current, kept.body);
  assert.equal((await at(kept.body.version, 'name')).status, 200);
  assert.equal((await at(kept.body.version, 'email')).status, 412);
  assert.equal((await api('DELETE', '/api/v1/duplicate-rules/contact')).status, 200);
  assert.equal((await at(kept.body.version + 1, 'email')).status, 412, 'the standard rules hold again');
  assert.equal((await put(api, 'contact', rules('email').rules)).status, 200, 'whoever names no version replaces any');
});

test('a workspace says what counts as the same: the warning, the pairs and the import go by it', async () => {
  const { api } = await workspace();
  const rules = (await api('GET', '/api/v1/duplicate-rules')).body.data;
  assert.deepEqual(rules.map(({ standard }: { standard: boolean }) => standard), [true, true]); // biome-ignore format: one call
  const berlin = await make(api, 'contacts', {
    given_name: 'Ada',
    family_name: 'Ek',
    city: 'Berlin',
    email: 'team@x.example',
  });
  const again = await make(api, 'contacts', { given_name: 'Ada', family_name: 'Ek', city: 'berlin ' });
  await make(api, 'contacts', { given_name: 'Ada', family_name: 'Ek', city: 'Oslo', email: 'team@x.example' });
  assert.equal((await matches(api, 'contacts', { email: 'team@x.example' })).length, 2);

  await set(api, 'contact', [{ when: [same('name'), same('city')], suspects: true, imports: true }]);
  assert.deepEqual(await matches(api, 'contacts', { email: 'team@x.example' }), []);
  const found = await matches(api, 'contacts', { given_name: 'ada', family_name: 'EK', city: 'BERLIN' });
  assert.deepEqual(found.sort(), [[berlin, ['Same name']], [again, ['Same name']]].sort()); // biome-ignore format: a table
  assert.equal(
    (await matches(api, 'contacts', { given_name: 'ada', family_name: 'EK' })).length,
    3,
    'the city is not typed yet',
  );
  assert.deepEqual(await pairs(api, 'contact'), [[[berlin, again].sort(), ['Same name']]]);

  await api('DELETE', `/api/v1/contacts/${again}`);
  const report = await importNow(api, [
    ['a.csv', 'First Name,Last Name,Email,City\nAda,Ek,new@x.example,Berlin\nAda,Ek,team@x.example,Rome\n'],
  ]);
  const { created, updated } = report.files[0]!.counts;
  assert.deepEqual([created, updated], [1, 1], 'an e-mail address is no key any more');
  assert.equal((await api('GET', `/api/v1/contacts/${berlin}`)).body.email, 'new@x.example');

  const back = await api('DELETE', '/api/v1/duplicate-rules/contact');
  assert.deepEqual([back.status, back.body.standard], [200, true]);
  assert.equal((await matches(api, 'contacts', { email: 'team@x.example' })).length, 2);
});

test('how similar names have to be, and fields of one’s own, are part of a rule; what it would find is counted first', async () => {
  const { tenant, api } = await workspace();
  await make(api, 'custom-fields', { resource: 'company', key: 'vat', label: 'VAT number', type: 'text' });
  const one = await make(api, 'companies', { name: 'Initech Industries', custom: { vat: 'DE 1' } });
  const two = await make(api, 'companies', { name: 'Initech Industry', custom: { vat: 'de 1' } });
  await make(api, 'companies', { name: 'Initech Industrial', custom: { vat: 'DE 2' } });
  const rule = (from: number) => ({
    when: [{ field: 'name', compare: 'similar', from }, same('custom.vat')],
    suspects: true,
    imports: false,
  });
  const count = async (from: number) => {
    const asked = await api('POST', '/api/v1/duplicate-rules/company/count', { rules: [rule(from)] });
    assert.equal(asked.status, 202, JSON.stringify(asked.body));
    return (await done(api, asked.body.job_id)).progress.done;
  };
  assert.deepEqual([await count(0.95), await count(0.6)], [0, 1]);
  const rights = { custom_field: { read: 'all', update: 'all' }, company: { read: 'own', create: 'own' } };
  const { key } = (await api('POST', '/api/v1/roles', { name: 'Field keepers', rights })).body;
  const keeper = (await tenant.as(key, 'Keeper')).api;
  const refused = await keeper('POST', '/api/v1/duplicate-rules/company/count', { rules: [rule(0.6)] });
  assert.equal(refused.status, 403, 'the number would tell whether others have a company like an own one');
  assert.deepEqual(await pairs(api, 'company'), [], 'counting keeps nothing');
  await set(api, 'company', [rule(0.6)]);
  assert.deepEqual(await pairs(api, 'company'), [[[one, two].sort(), ['Same VAT number', 'Similar name']]]);
  assert.deepEqual(
    await matches(api, 'companies', { name: 'Initech Industrie', custom: { vat: 'DE 2' } }).then(
      (found) => found.length,
    ),
    1,
  );
  await set(api, 'company', []);
  assert.deepEqual(
    [await pairs(api, 'company'), await matches(api, 'companies', { name: 'Initech Industries' })],
    [[], []],
  );
});

test('an import finds a person by name and number however the number is written', async () => {
  const { api } = await workspace();
  const id = await make(api, 'contacts', { given_name: 'Ada', family_name: 'Ek', phone: '+49 (30) 555-0101' });
  const csv = 'First Name,Last Name,Phone,City\nAda,Ek,030 5550101,Bern\nAda,Ek,030 5550199,Rome\n';
  assert.deepEqual((await importNow(api, [['a.csv', csv]])).files[0]!.counts, {
    rows: 2,
    created: 1,
    updated: 1,
    unchanged: 0,
    skipped: 0,
    errors: 0,
  });
  assert.equal((await api('GET', `/api/v1/contacts/${id}`)).body.city, 'Bern');
});

test('rules that could find nothing, or too much, are refused in words; so is who may not say', async () => {
  const { tenant, api } = await workspace();
  const cases: [object, string, RegExp][] = [
    [{ when: [same('city')] }, 'rules.0.when', /Add one of e-mail address, phone number, name/],
    [{ when: [{ field: 'name', compare: 'similar' }] }, 'rules.0.when', /too many names are similar/],
    [{ when: [{ field: 'email', compare: 'similar' }] }, 'rules.0.when.0.compare', /Only names can be similar/],
    [{ when: [same('email'), same('email')] }, 'rules.0.when.1.field', /once/],
    [{ when: [same('email'), same('shoe_size')] }, 'rules.0.when.1.field', /Choose one of/],
    [{ when: [same('phone')], imports: true }, 'rules.0.imports', /needs an e-mail address, a domain or a name/],
    [
      { when: [{ field: 'name', compare: 'similar' }, same('city')], imports: true },
      'rules.0.imports',
      /only similar must not change/,
    ],
  ];
  for (const [rule, field, message] of cases) {
    const answer = await put(api, 'contact', [{ suspects: true, imports: false, ...rule }]);
    assert.equal(answer.status, 422, JSON.stringify(rule));
    assert.equal(answer.body.errors[0].field, field);
    assert.match(answer.body.errors[0].message, message);
  }
  const { api: member } = await tenant.as('member');
  assert.equal((await put(member, 'contact', [])).status, 403);
});

test('of many that are alike, those that the caller may read are not cut off by others', async () => {
  const { tenant, api } = await workspace();
  const email = 'many@x.example';
  const others = Array.from({ length: 60 }, (_, n) => ({ given_name: `M${n}`, email }));
  assert.equal((await api('POST', '/api/v1/contacts/bulk', { data: others })).status, 201);
  const advisor = await tenant.as('advisor');
  const own = await make(advisor.api, 'contacts', { given_name: 'Mine', email });
  assert.deepEqual(await matches(advisor.api, 'contacts', { email }), [[own, ['Same e-mail address']]]);
});

test('whoever does not see a field hears neither of rules by it nor which records are the same in it', async () => {
  const { tenant, api } = await workspace();
  const field = { resource: 'contact', key: 'iban', label: 'IBAN', type: 'text', visible_to: [] };
  await make(api, 'custom-fields', field);
  const rule = (...when: object[]) => ({ when, suspects: true, imports: false });
  const byName = rule(same('name'));
  await set(api, 'contact', [rule(same('email'), same('custom.iban')), byName]);
  for (const [family_name, email] of [
    ['One', 'shared@x.example'],
    ['Two', 'shared@x.example'],
    ['Alike', 'a@x.example'],
    ['Alike', 'b@x.example'],
  ])
    await make(api, 'contacts', { family_name, email, custom: { iban: email === 'shared@x.example' ? 'DE 1' : null } });
  assert.equal((await pairs(api, 'contact')).length, 2);
  const { api: member } = await tenant.as('member');
  const seen = (await member('GET', '/api/v1/duplicates?resource=contact')).body.data;
  assert.deepEqual(
    seen.map(({ reasons }: { reasons: { text: string }[] }) => reasons.map(({ text }) => text)),
    [['Same name']],
  );
  const rulesFor = async (by: Client) =>
    (await by('GET', '/api/v1/duplicate-rules')).body.data.find(
      (set: { resource: string }) => set.resource === 'contact',
    );
  assert.deepEqual((await rulesFor(member)).rules, [byName]);
  assert.equal((await rulesFor(api)).rules.length, 2);

  // A pair that another rule finds too is told, without what is hidden.
  const [byIban, byEmail] = [rule(same('email'), same('custom.iban')), rule(same('email'))];
  await set(api, 'contact', [byIban, byEmail, byName]);
  await pairs(api, 'contact');
  const told = (await member('GET', '/api/v1/duplicates?resource=contact')).body.data;
  assert.deepEqual(told.map(({ reasons }: { reasons: { text: string }[] }) => reasons.map(({ text }) => text)).sort(), [
    ['Same e-mail address'],
    ['Same name'],
  ]);
});
