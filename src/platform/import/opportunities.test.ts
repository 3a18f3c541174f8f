import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { type Client, startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { follow, importNow, readUploads, rowCounts, upload } from '../../../test/harness/import.ts';

import type { FileCounts, ImportReport } from './contract.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

const root = new URL('../../../', import.meta.url);

interface Expected {
  folder: URL;
  companies: number;
  products: number;
  agents: number;
  stages: Record<string, number>;
  won_value: string;
  matched: object;
  subsidiaries: number;
  teams: number;
}

const cases: Record<string, Expected> = {
  'a small set of the same shape': {
    folder: new URL('test/fixtures/opportunities/', root),
    companies: 4,
    products: 3,
    agents: 4,
    stages: { Won: 3, Lost: 1, Engaging: 2, Prospecting: 2 },
    won_value: '30860.00',
    matched: { text: 'FalconXL', name: 'Falcon XL', rows: 3 },
    subsidiaries: 2,
    teams: 2,
  },
  'the sample': {
    folder: new URL('../shared/data/crm-opportunities/', root),
    companies: 85,
    products: 7,
    agents: 35,
    stages: { Won: 4_238, Lost: 2_473, Engaging: 1_589, Prospecting: 500 },
    won_value: '10005534.00',
    matched: { text: 'GTXPro', name: 'GTX Pro', rows: 1_480 },
    subsidiaries: 15,
    teams: 6,
  },
};

const total = async (api: Client, path: string): Promise<number> => {
  const join = path.includes('?') ? '&' : '?';
  return (await api('GET', `/api/v1/${path}${join}count=true&limit=1`)).body.total;
};
const filter = (field: string, value: string) => encodeURIComponent(JSON.stringify({ field, op: 'eq', value }));

for (const [name, expected] of Object.entries(cases)) {
  const skip = !existsSync(expected.folder) && 'the sample is not here';
  test(`${name}: four files become companies, products, people with teams, and deals; again nothing changes; reverted nothing is left`, {
    skip,
  }, async () => {
    const tenant = await app.tenant();
    const { api } = await tenant.as('admin');
    const empty = await rowCounts(app.database.ownerUrl);
    const files = await readUploads(expected.folder);
    const deals = Object.values(expected.stages).reduce((sum, n) => sum + n);

    const made = (await upload(api, files.toReversed())).body;
    const tried = await follow(api, made.id, 'dry-runs');
    assert.equal(tried.error, null);
    const counts = (report: ImportReport, what: keyof FileCounts) =>
      Object.fromEntries(report.files.map((file) => [file.resource, file.counts[what]]));
    const whole = { user: expected.agents, company: expected.companies, product: expected.products, deal: deals };
    assert.deepEqual(counts(tried, 'created'), whole);
    assert.deepEqual(await rowCounts(app.database.ownerUrl), empty);

    const done = await follow(api, made.id, 'runs');
    assert.equal(done.state, 'done', String(done.error));
    assert.deepEqual(counts(done, 'created'), whole);
    // One name in the real data is misspelt.
    const odd = done.problem_samples.filter(({ code }) => code !== 'unknown_country');
    assert.deepEqual(odd, []);
    const notes = done.files.flatMap((file) => file.matches.flatMap((match) => match.normalised));
    assert.deepEqual(notes, [expected.matched]);

    assert.equal(await total(api, 'companies'), expected.companies);
    assert.equal(await total(api, 'products'), expected.products);
    assert.equal(await total(api, `users?filter=${filter('status', 'invited')}`), expected.agents);
    assert.equal(await total(api, 'teams'), expected.teams);
    assert.equal(
      await total(api, `companies?filter=${encodeURIComponent('{"field":"parent_id","op":"not_empty"}')}`),
      expected.subsidiaries,
    );
    const [pipeline] = (await api('GET', '/api/v1/pipelines')).body.data;
    assert.deepEqual(
      pipeline.stages.map((stage: { name: string; kind: string }) => [stage.name, stage.kind]),
      [
        ['Prospecting', 'open'],
        ['Engaging', 'open'],
        ['Won', 'won'],
        ['Lost', 'lost'],
      ],
    );
    for (const stage of pipeline.stages)
      assert.equal(await total(api, `deals?filter=${filter('stage_id', stage.id)}`), expected.stages[stage.name]);
    const dashboard = await api('GET', '/api/v1/analytics/dashboard');
    assert.equal(dashboard.status, 200, JSON.stringify(dashboard.body));
    assert.equal(dashboard.body.won.value[0].amount, expected.won_value);

    const before = await rowCounts(app.database.ownerUrl);
    const events = await auditEvents(app);
    const again = await importNow(api, files);
    assert.deepEqual(counts(again, 'unchanged'), whole);
    assert.deepEqual(counts(again, 'updated'), { user: 0, company: 0, product: 0, deal: 0 });
    assert.deepEqual(await rowCounts(app.database.ownerUrl), before);
    assert.equal(await auditEvents(app), events);

    const reverted = await follow(api, again.id, 'reversal');
    assert.deepEqual(reverted.reversal, { deleted: 0, restored: 0, kept: 0, kinds: [], kept_samples: [], skipped: 0 });
    const gone = await follow(api, made.id, 'reversal');
    assert.equal(gone.state, 'reverted');
    assert.equal(gone.reversal?.kept, 0, JSON.stringify(gone.reversal));
    assert.deepEqual(await rowCounts(app.database.ownerUrl), empty);
  });
}

/** How many changes of records there were, of imports aside; that somebody is told of an import is none. */
async function auditEvents({ database }: TestApp): Promise<number> {
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  const { rows } = await client.query(
    `select count(*)::int as n from audit_event where resource not in ('import', 'file') and action <> 'signal'`,
  );
  await client.end();
  return rows[0].n;
}
