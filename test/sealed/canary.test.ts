import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { definedResources } from '../../src/kernel/contract/resource.ts';
import { Database } from '../../src/kernel/database/database.ts';
import { embeddedSuperuserUrl } from '../../src/kernel/database/embedded.ts';
import { sealedFields } from '../../src/kernel/resource/sealed.ts';
import { systemActor, withContext } from '../../src/kernel/tenancy/context.ts';
import { DataKeys } from '../../src/kernel/vault/data-keys.ts';
import { loadMasterKeys } from '../../src/kernel/vault/master-key.ts';
import { fieldRing } from '../../src/kernel/vault/seal.ts';
import '../../src/modules/index.ts';
import { type Answer, type Client, client, eventually } from '../harness/app.ts';
import { BackedUp } from '../harness/backup.ts';
import { findCanaries } from '../harness/canaries.ts';
import { dumpOf, filesWith, formsOf, namedIn } from '../harness/canary-places.ts';
import { follow, upload } from '../harness/import.ts';
import { asSuperuser } from '../harness/installation.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../harness/otlp.ts';
import { type HoldfastProcess, startProcess } from '../harness/process.ts';
import { memoryOf, processesOf } from '../harness/process-memory.ts';
import { type RedisServer, redisMissing, startRedisServer } from '../harness/redis-server.ts';

/**
 * Values of sealed fields, by the path of their records: written through the API and by imports, searched by, revealed,
 * exported, refused, changed and undone. Several of each, so that the log of the database has some beside the first,
 * compressed image of their page.
 */
const written: Record<string, Record<string, readonly string[]>> = {
  'client-profiles': {
    ssn: ['219-09-7431', '219-09-7432', '219-09-7433'],
    tax_id: ['Goldcrest 7441', 'Goldcrest 7442', 'Goldcrest 7443'],
    date_of_birth: ['1917-03-29', '1917-03-30', '1917-03-31'],
  },
  'identity-documents': { number: ['Goldcrest-81', 'Goldcrest-82', 'Goldcrest-83'] },
  'financial-accounts': { account_number: ['Goldcrest-91', 'Goldcrest-92', 'Goldcrest-93'] },
  'legal-entities': { tax_id: ['Goldcrest-121', 'Goldcrest-122', 'Goldcrest-123'] },
  documents: { storage_path: ['Goldcrest/101', 'Goldcrest/102', 'Goldcrest/103'] },
  communications: { body: ['Goldcrest 111', 'Goldcrest 112', 'Goldcrest 113'] },
};
/** Parts of them as they might stand somewhere. */
const words = [
  'Goldcrest',
  'goldcrest',
  'GOLDCREST',
  '219-09-743',
  '21909743',
  '1917-03-2',
  '1917-03-3',
  '03/29/1917',
  '03/30/1917',
  '31/31/1917',
];
const forms = formsOf(words);

let it: BackedUp;
let server: HoldfastProcess;
let traces: OtlpReceiver;
let redis: RedisServer | undefined;
let api: Client;
before(async () => {
  it = await BackedUp.prepare();
  traces = await startOtlpReceiver();
  if (!redisMissing) redis = await startRedisServer();
  server = await startProcess(['--empty', '--data', it.data], {
    BACKUP_DIR: it.backups,
    LOG_LEVEL: 'debug',
    OTEL_EXPORTER_OTLP_ENDPOINT: traces.url,
    ...(redis && { REDIS_URL: redis.url }),
  });
  api = client(server.url, it.key);
});
after(async () => {
  await server.stop();
  await it.close();
  await traces.stop();
  await redis?.close();
});

const good = ({ status, body, headers }: Answer): Answer => {
  assert.ok(status < 300, JSON.stringify(body));
  return { status, body, headers };
};
let keys = 0;
const made = async (path: string, body: unknown): Promise<string> =>
  good(await api('POST', `/api/v1/${path}`, body, { 'idempotency-key': `canary ${++keys}` })).body.id;

/** What a record of a type needs beside its sealed values. */
async function needed(path: string, contact_id: string): Promise<Record<string, unknown>> {
  if (path === 'client-profiles') return { contact_id };
  if (path === 'identity-documents') return { contact_id, kind: 'other' };
  const household_id = await made('households', { name: 'Test' });
  if (path === 'legal-entities') return { household_id, kind: 'trust', name: 'Trust' };
  if (path === 'documents') return { household_id, type: 'other', name: 'Paper' };
  if (path === 'communications') return { household_id, kind: 'call', direction: 'incoming', subject: 'Test' };
  return { household_id, name: 'Account', registration: 'individual', kind: 'managed', currency: 'USD' };
}

test('each sealed value is nowhere in the clear: database, files, backups, logs, traces, cache', async () => {
  const types = definedResources().filter((resource) => sealedFields(resource).size > 0);
  const fields = types.map(({ plural }) => plural);
  for (const resource of types)
    for (const field of sealedFields(resource).keys())
      assert.ok(written[resource.plural]?.[field], `write canaries of ${resource.plural}.${field} above`);
  for (const path of fields) await writeAll(path);
  await importAndExport();
  await asSuperuser(it.data, async (db) => {
    await db.query('analyze');
    await db.query('checkpoint');
  });
  await it.shipped();
  const found: string[] = [];
  await asSuperuser(it.data, async (db) => {
    found.push(...(await findCanaries(db, words)));
    const { rows } = await db.query(`select left(query, 200) as query from pg_stat_statements where query ~* $1`, [
      words.map((word) => word.replaceAll('-', '\\-')).join('|'),
    ]);
    found.push(...rows.map(({ query }) => `statement: ${query}`));
  });
  found.push(
    ...filesWith(it.parent, forms),
    ...namedIn('output', server.output(), forms),
    ...namedIn('traces', traces.texts(), forms),
  );
  assert.ok(traces.spans().length > 0);
  if (redis) found.push(...namedIn('redis', await dumpOf(redis.url), forms));
  assert.deepEqual(found, []);
});

test('no key and no sealed value stands in the memory of PostgreSQL', {
  skip: process.platform !== 'linux',
}, async () => {
  const looked = new Map<string, Buffer[]>();
  for (const [name, key] of await openKeys())
    looked.set(name, [key, Buffer.from(key.toString('hex')), Buffer.from(key.toString('base64'))]);
  looked.set(
    'a sealed value',
    forms.map((form) => Buffer.from(form)),
  );
  // It shows that memory is read at all: what is not sealed stands there.
  looked.set('control', [Buffer.from('Person client-profiles')]);
  const [postmaster] = readFileSync(join(it.data, 'postgres', 'postmaster.pid'), 'utf8')
    .split('\n')
    .map(Number);
  const found = new Set<string>();
  for (const pid of await processesOf(postmaster!))
    for await (const bytes of memoryOf(pid, { shared: pid === postmaster }))
      for (const [name, needles] of looked)
        if (!found.has(name) && needles.some((needle) => bytes.includes(needle))) found.add(name);
  assert.deepEqual([...found], ['control']);
});

/** The keys of the installation and of its workspaces, as the program has them. */
async function openKeys(): Promise<Map<string, Buffer>> {
  const masterKeys = await loadMasterKeys({ file: join(it.data, 'master.key') });
  const found = new Map([...masterKeys.keys].map(([version, key]) => [`master key ${version}`, key.export()]));
  const db = new Database({
    url: embeddedSuperuserUrl(it.data)!,
    connectionsMax: 2,
    statementTimeoutMs: 0,
    applicationName: 'test',
  });
  try {
    const keys = new DataKeys(fieldRing(masterKeys), (place, why) => assert.fail(`${place}: ${why}`));
    const rows = await asSuperuser(it.data, (client) =>
      client.query<{ tenant_id: string; id: string; workspace_key_id: string }>(
        'select tenant_id, id, workspace_key_id from data_key',
      ),
    );
    for (const { tenant_id, id, workspace_key_id } of rows.rows)
      await withContext(db, systemActor(tenant_id), async (ctx) => {
        found.set(`data key ${id}`, (await keys.byId(ctx, [id])).get(id)!.export());
        // biome-ignore lint/complexity/useLiteralKeys: it is private
        const workspace = (await keys['workspaceKeys'](ctx, [workspace_key_id])).get(workspace_key_id)!;
        found.set(`workspace key ${workspace_key_id}`, workspace.export());
      });
  } finally {
    await db.close();
  }
  assert.ok(found.size > 10, `only ${[...found.keys()]}`);
  return found;
}

/** Writes the values of a type, then does with each all that could leave a trace of it. */
async function writeAll(path: string): Promise<void> {
  const columns = Object.entries(written[path]!);
  const ids: string[] = [];
  for (const at of [0, 1, 2]) {
    const values = Object.fromEntries(columns.map(([field, texts]) => [field, texts[at]!]));
    const contact_id = await made('contacts', { given_name: `Person ${path} ${at}` });
    ids.push(await made(path, { ...(await needed(path, contact_id)), ...values }));
  }
  const [first, second] = ids;
  for (const [field, [one, two]] of columns) {
    const at = `/api/v1/${path}/${first}`;
    const filter = { field, op: 'eq', value: one };
    // A field without an index refuses that; neither may tell of it.
    const list = await api('GET', `/api/v1/${path}?filter=${encodeURIComponent(JSON.stringify(filter))}`);
    assert.ok([200, 422].includes(list.status), JSON.stringify(list.body));
    const part = encodeURIComponent(JSON.stringify({ field, op: 'contains', value: one!.slice(2) }));
    const byPart = await api('GET', `/api/v1/${path}?filter=${part}`);
    assert.ok([200, 422].includes(byPart.status), JSON.stringify(byPart.body));
    assert.equal(
      (await api('POST', '/api/v1/exports', { resource: path, filter: JSON.stringify(filter) })).status,
      422,
    );
    const kept = { resource: 'contact', name: 'Kept', filter: { any: path, where: filter } };
    assert.equal((await api('POST', '/api/v1/saved-views', kept)).status, 422);
    const key = { 'idempotency-key': `change ${path} ${field}` };
    if (path === 'communications') assert.equal((await api('PATCH', at, { [field]: two }, key)).status, 422);
    else {
      const changed = good(await api('PATCH', at, { [field]: two }, key));
      assert.equal((await api('PATCH', at, { [field]: one }, key)).status, 409);
      const undone = await api('POST', `/api/v1/changes/${changed.headers.get('change-id')}/reversal`);
      assert.equal(undone.body.state, 'done', JSON.stringify(undone.body));
    }
    const { body } = good(await api('POST', `${at}/reveal`, { field, reason: 'A test' }));
    assert.equal(body.value, one);
    assert.equal((await api('PATCH', at, { [field]: `${one} `.repeat(path === 'documents' ? 99 : 9) })).status, 422);
    assert.equal((await api('PATCH', at, `{"${field}": "${one}" oops}`)).status, 400);
  }
  // Papers are kept for years.
  const gone = path === 'documents' || path === 'communications' ? 409 : 204;
  assert.equal((await api('DELETE', `/api/v1/${path}/${second}`)).status, gone, path);
}

/** Files with values, good and bad: uploaded, checked, loaded twice, their errors read, and exported in the clear. */
async function importAndExport(): Promise<void> {
  await made('households', { name: 'Imported' });
  await made('contacts', { given_name: 'Imported', family_name: 'Person' });
  const files: Record<string, string> = {
    'financial-accounts': `Account name,Household,Account number,Registration,Kind,Currency
One,Imported,Goldcrest-131,individual,managed,USD
Same,Imported,Goldcrest-131,individual,managed,USD
Long,Imported,Goldcrest-132${'x'.repeat(90)},individual,managed,USD
Kind,Imported,Goldcrest-133,individual,nonsense,USD
`,
    'legal-entities': `Name,Household,Kind,Tax id,Formed on
Trust,Imported,trust,Goldcrest-141,2020-01-02
Other,Imported,trust,Goldcrest-142,never
`,
    'client-profiles': `Client,SSN,Tax id,Date of birth,Risk class
Imported Person,219-09-7434,Goldcrest 7444,03/29/1917,high
Nobody,219-09-7435,Goldcrest 7445,03/30/1917,low
Imported Person,not 219-09-7436,Goldcrest 7446,31/31/1917,low
`,
  };
  for (const [plural, csv] of Object.entries(files)) {
    const resource = definedResources().find((each) => each.plural === plural)!.name;
    for (const _ of [1, 2]) {
      const uploaded = good(await upload(api, [[`${plural}.csv`, csv]])).body;
      good(await api('PATCH', `/api/v1/imports/${uploaded.id}`, { files: [{ id: uploaded.files[0].id, resource }] }));
      for (const step of ['dry-runs', 'runs'] as const) await follow(api, uploaded.id, step);
      good(await api('GET', `/api/v1/imports/${uploaded.id}/errors`));
    }
    const { id } = good(await api('POST', '/api/v1/exports', { resource, reason: 'A test' })).body;
    await eventually(async () => (await api('GET', `/api/v1/exports/${id}`)).body.state === 'done');
    assert.match(String((await api('GET', `/api/v1/exports/${id}/content`)).body), /Goldcrest(-1[34]1| 7441)/);
  }
}
