import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { sql } from '../../../kernel/database/database.ts';
import { systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import * as queries from './queries.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

const encoded = (filter: object) => encodeURIComponent(JSON.stringify(filter));

async function make(api: Client, noun: string, body: object): Promise<string> {
  const made = await api('POST', `/api/v1/${noun}`, body);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body.id;
}

const scoreOf = async (api: Client, id: string) => (await api('GET', `/api/v1/deals/${id}/score`)).body;

const patience_ms = 20_000;

interface ShownScore {
  score: number | null;
  base: number;
  base_is: string;
  reasons: { kind: string; text: string; points: number; rule: { id: string } | null }[];
}

/** Waits until the score of a deal is as it should be. */
const scored = (api: Client, id: string, fits: (score: number | null) => boolean): Promise<ShownScore> =>
  eventually(async () => {
    const { status, body } = await api('GET', `/api/v1/deals/${id}/score`);
    return status === 200 && fits(body.score) && body;
  }, patience_ms);

/** Closed deals of two companies: those with the clinic are mostly won, those with the shop mostly lost. */
async function closedDeals(api: Client, count: number): Promise<{ clinic: string; shop: string }> {
  const clinic = await make(api, 'companies', { name: 'Clinic', industry: 'medical' });
  const shop = await make(api, 'companies', { name: 'Shop', industry: 'retail' });
  const stages = (await api('GET', '/api/v1/stages')).body.data as { id: string; kind: string }[];
  const stage = (kind: string) => stages.find((each) => each.kind === kind)!.id;
  const data = Array.from({ length: count }, (_, i) => {
    const medical = i % 2 === 0;
    // Every fifth turns out otherwise.
    const won = medical !== i % 10 < 2;
    const day = new Date(Date.UTC(2025, 0, 1) + Math.floor(i / 3) * 86_400_000).toISOString().slice(0, 10);
    return {
      name: `Old ${i}`,
      company_id: medical ? clinic : shop,
      stage_id: stage(won ? 'won' : 'lost'),
      closed_on: day,
      opened_on: day,
      // Only what was won ever got an amount: to go by that would be to know the end.
      amount: won ? '1000.00' : '0.00',
    };
  });
  for (let from = 0; from < count; from += 1000)
    assert.equal((await api('POST', '/api/v1/deals/bulk', { data: data.slice(from, from + 1000) })).status, 201);
  return { clinic, shop };
}

async function fresh(): Promise<{ tenant: TestTenant; api: Client }> {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  await make(api, 'pipelines', { name: 'Sales' });
  return { tenant, api };
}

test('without history there is no model, and rules alone make the score, which follows every change', async () => {
  const { api } = await fresh();
  const id = await make(api, 'deals', { name: 'Big one', amount: '90000.00' });
  await scored(api, id, (score) => score === null);
  const model = (await api('GET', '/api/v1/score-model')).body;
  assert.deepEqual(
    [model.verdict, model.won, model.lost, model.needed],
    ['not_enough_history', 0, 0, { closed: 200, of_each_outcome: 50 }],
  );

  const large = { field: 'amount', op: 'gte', value: '50000' };
  const rule = await api('POST', '/api/v1/scoring-rules', {
    name: 'Large',
    resource: 'deal',
    filter: large,
    points: 30,
    active: true,
  });
  assert.equal(rule.status, 201, JSON.stringify(rule.body));
  const first = await scored(api, id, (score) => score === 80);
  assert.deepEqual(
    [first.base, first.base_is, first.reasons.map((reason) => reason.text)],
    [50, 'half', ['Large: +30']],
  );

  await make(api, 'scoring-rules', {
    name: 'Head of something',
    resource: 'contact',
    filter: { field: 'job_title', op: 'contains', value: 'head' },
    points: -15,
    active: true,
  });
  const contact = await make(api, 'contacts', { given_name: 'Ann', job_title: 'Head of IT' });
  await api('PATCH', `/api/v1/deals/${id}`, { contact_id: contact });
  await scored(api, id, (score) => score === 65);
  const points = (await api('GET', `/api/v1/contacts/${contact}/score`)).body;
  assert.deepEqual([points.points, points.rules.length], [-15, 1]);

  await api('PATCH', `/api/v1/contacts/${contact}`, { job_title: 'Clerk' });
  await scored(api, id, (score) => score === 80);
  await api('PATCH', `/api/v1/scoring-rules/${rule.body.id}`, { active: false });
  await api('PATCH', `/api/v1/contacts/${contact}`, { job_title: 'Head of IT' });
  await scored(api, id, (score) => score === 35);

  const version = (await api('GET', `/api/v1/deals/${id}`)).body.version;
  await api('DELETE', `/api/v1/scoring-rules/${rule.body.id}`);
  await api('PATCH', `/api/v1/contacts/${contact}`, { job_title: null });
  await scored(api, id, (score) => score === 50);
  const now = (await api('GET', `/api/v1/deals/${id}`)).body;
  assert.deepEqual([now.version, now.score], [version, 50], 'a score is no new version of the deal');
  const trail = (await api('GET', `/api/v1/audit-events?record_id=${id}`)).body.data as { after: object | null }[];
  assert.ok(trail.every((event) => !('score' in (event.after ?? {}))));
});

test('a model is fitted by itself once enough is closed, gives its reasons in words, and scores follow the company and new closings', async () => {
  const { api } = await fresh();
  const { clinic, shop } = await closedDeals(api, 600);
  const good = await make(api, 'deals', { name: 'With the clinic', company_id: clinic });
  const bad = await make(api, 'deals', { name: 'With the shop', company_id: shop });
  const best = await scored(api, good, (score) => (score ?? 0) > 60);
  assert.equal(best.base_is, 'average_deal');
  assert.ok(
    best.reasons.some(({ text }) => /^Industry medical: \+\d+$/.test(text)),
    JSON.stringify(best.reasons),
  );
  assert.equal(best.base + best.reasons.reduce((sum, { points }) => sum + points, 0), best.score);
  await scored(api, bad, (score) => score !== null && score < 40);

  const model = (await api('GET', '/api/v1/score-model')).body;
  assert.equal(model.verdict, 'in_use');
  assert.deepEqual([model.won, model.lost], [300, 300]);
  const { judgement } = model;
  assert.ok(
    judgement.auc.low > 0.6 && judgement.auc.value < 0.95,
    `an amount that only won deals have is not looked at: ${judgement.auc.value}`,
  );
  assert.ok(judgement.learnt_from.to < judgement.judged_by.from);
  assert.ok(model.effects.every(({ factor }: { factor: string }) => factor !== 'amount'));

  const sorted = (await api('GET', '/api/v1/deals?sort=-score&limit=2')).body.data;
  assert.deepEqual(
    sorted.map(({ id }: { id: string }) => id),
    [good, bad],
    'those without a score come last',
  );
  const all = await everyPage(api, '/api/v1/deals?sort=-score&limit=200');
  assert.deepEqual([all.length, new Set(all).size, all[0]], [602, 602, good]);
  const likely = (await api('GET', `/api/v1/deals?filter=${encoded({ field: 'score', op: 'gte', value: 60 })}`)).body
    .data;
  assert.deepEqual(
    likely.map(({ id }: { id: string }) => id),
    [good],
  );

  await api('PATCH', `/api/v1/companies/${shop}`, { industry: 'medical' });
  await scored(api, bad, (score) => score !== null && score > 40);

  await api('POST', `/api/v1/deals/${good}/closure`, { outcome: 'won' });
  await eventually(async () => (await api('GET', `/api/v1/deals/${good}`)).body.score === null, patience_ms);
  const kept = await scoreOf(api, good);
  assert.deepEqual([kept.is_current, kept.score], [false, best.score], 'what it came to before stays known');
});

async function everyPage(api: Client, path: string): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body } = await api('GET', `${path}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    ids.push(...body.data.map(({ id }: { id: string }) => id));
    cursor = body.next_cursor;
  }
  return ids;
}

test('fitted twice on the same deals, the model is the same; it is fitted anew when a twentieth more is closed', async () => {
  const { api } = await fresh();
  const { clinic } = await closedDeals(api, 400);
  const fittedAt = async (before: string | null) =>
    eventually(async () => {
      const { body } = await api('GET', '/api/v1/score-model');
      return body.fitted_at !== null && body.fitted_at !== before && !body.is_being_fitted && body;
    }, patience_ms);
  const first = await fittedAt(null);
  const asked = await api('POST', '/api/v1/score-model/fittings');
  assert.equal(asked.status, 202);
  await eventually(async () => {
    const { data } = (await api('GET', '/api/v1/jobs?kind=score.fit&state=done')).body;
    return data.some(({ id }: { id: string }) => id === asked.body.job_id);
  }, patience_ms);
  const second = (await api('GET', '/api/v1/score-model')).body;
  assert.deepEqual(second, first);
  for (let i = 0; i < 21; i++) {
    const id = await make(api, 'deals', { name: `New ${i}`, company_id: clinic });
    await api('POST', `/api/v1/deals/${id}/closure`, { outcome: 'won' });
  }
  const third = await fittedAt(second.fitted_at);
  assert.ok(third.won >= 220, `${third.won}`);
});

test('a model is fitted too when behind many that are closed there come as many open ones, as in a file', async () => {
  const { api } = await fresh();
  const stages = (await api('GET', '/api/v1/stages')).body.data as { id: string; kind: string }[];
  const stage_id = (kind: string) => stages.find((stage) => stage.kind === kind)!.id;
  const kind = (i: number) => (i >= 400 ? 'open' : i % 2 ? 'won' : 'lost');
  const data = Array.from({ length: 1_000 }, (_, i) => ({ name: `Deal ${i}`, stage_id: stage_id(kind(i)) }));
  assert.equal((await api('POST', '/api/v1/deals/bulk', { data })).status, 201);
  await eventually(async () => (await api('GET', '/api/v1/score-model')).body.fitted_at !== null, patience_ms);
});

test('a model that is no better than chance is not used, and says so', async () => {
  const { api } = await fresh();
  const stages = (await api('GET', '/api/v1/stages')).body.data as { id: string; kind: string }[];
  const data = Array.from({ length: 400 }, (_, i) => ({
    name: `Deal ${i}`,
    source: ['web', 'fair', 'call'][(i * 7) % 3],
    stage_id: stages.find(({ kind }) => kind === ((i * i + 3 * i) % 8 < 5 ? 'won' : 'lost'))!.id,
    closed_on: new Date(Date.UTC(2025, 0, 1) + i * 86_400_000).toISOString().slice(0, 10),
  }));
  assert.equal((await api('POST', '/api/v1/deals/bulk', { data })).status, 201);
  const id = await make(api, 'deals', { name: 'Open' });
  const model = await eventually(async () => {
    const { body } = await api('GET', '/api/v1/score-model');
    return body.verdict === 'no_better_than_chance' && body;
  }, patience_ms);
  assert.ok(model.judgement.auc.low <= 0.5);
  assert.deepEqual(model.effects, []);
  await scored(api, id, (score) => score === null);
  await make(api, 'scoring-rules', {
    name: 'Any',
    resource: 'deal',
    filter: { field: 'name', op: 'not_empty' },
    points: 1,
    active: true,
  });
  const share = Math.round((100 * model.won) / (model.won + model.lost));
  const score = await scored(api, id, (each) => each === share + 1);
  assert.equal(score.base_is, 'share_won');
});

test('rules are checked as they are written, previewed, limited, and only written by those who may', async () => {
  const { tenant, api } = await fresh();
  await make(api, 'deals', { name: 'A', amount: '10.00' });
  await make(api, 'deals', { name: 'B' });
  const filter = { field: 'amount', op: 'not_empty' };
  const preview = await api('POST', '/api/v1/scoring-rules/previews', { resource: 'deal', filter });
  assert.deepEqual(preview.body, { matches: 1, total: 2, is_exact: true });
  const rule = { name: 'R', resource: 'deal', filter, points: 5, active: true };
  for (const wrong of [
    { filter: { field: 'nothing', op: 'eq', value: 1 } },
    { points: 101 },
    { points: 0 },
    { resource: 'task' },
    { filter: [] },
  ]) {
    const refused = await api('POST', '/api/v1/scoring-rules', { ...rule, ...wrong });
    assert.equal(refused.status, 422, JSON.stringify(wrong));
  }
  const member = await tenant.as('member');
  assert.equal((await member.api('POST', '/api/v1/scoring-rules', rule)).status, 403);
  assert.equal((await member.api('GET', '/api/v1/scoring-rules')).status, 200);
  assert.equal((await member.api('POST', '/api/v1/score-model/fittings')).status, 403);
  for (let i = 0; i < 50; i++) await make(api, 'scoring-rules', { ...rule, name: `R${i}` });
  assert.equal((await api('POST', '/api/v1/scoring-rules', rule)).status, 409);
});

test('nobody asks by a rule about records of others, whose answer the score of an own deal would be', async () => {
  const { tenant, api } = await fresh();
  const own = { read: 'own', create: 'own', update: 'own' };
  const all = { read: 'all', create: 'all', update: 'all', delete: 'all' };
  const rights = { scoring: all, deal: own, contact: own, company: { read: 'all' } };
  const { key } = (await api('POST', '/api/v1/roles', { name: 'Scorers', rights })).body;
  const scorer = (await tenant.as(key, 'Scorer')).api;
  const city = { field: 'city', op: 'eq', value: 'Oslo' };
  const rule = (resource: string, filter: object) => ({ name: JSON.stringify(filter), resource, filter, points: 5 });
  const status = async (resource: string, filter: object) =>
    (await scorer('POST', '/api/v1/scoring-rules', rule(resource, filter))).status;
  assert.deepEqual(
    [
      await status('contact', city),
      await status('deal', { and: [{ any: 'contact', where: city }] }),
      await status('deal', {
        none: 'company',
        where: { any: 'deals', where: { field: 'name', op: 'eq', value: 'X' } },
      }),
    ],
    [403, 403, 403],
  );
  assert.equal(await status('deal', { field: 'name', op: 'eq', value: 'X' }), 201);
  assert.equal(await status('deal', { any: 'company', where: city }), 201);
  const id = await make(api, 'scoring-rules', rule('contact', city));
  assert.equal(
    (await scorer('PATCH', `/api/v1/scoring-rules/${id}`, { filter: { ...city, value: 'Rome' } })).status,
    403,
  );
});

test('a rule about a field that was retired counts for nothing, and the others go on', async () => {
  const { api } = await fresh();
  const field = await make(api, 'custom-fields', { resource: 'deal', key: 'tier', label: 'Tier', type: 'text' });
  const id = await make(api, 'deals', { name: 'Gold', custom: { tier: 'gold' } });
  await make(api, 'scoring-rules', {
    name: 'Gold',
    resource: 'deal',
    filter: { field: 'custom.tier', op: 'eq', value: 'gold' },
    points: 20,
    active: true,
  });
  await make(api, 'scoring-rules', {
    name: 'Named',
    resource: 'deal',
    filter: { field: 'name', op: 'not_empty' },
    points: 3,
    active: true,
  });
  await scored(api, id, (score) => score === 73);
  await api('DELETE', `/api/v1/custom-fields/${field}`);
  await api('PATCH', `/api/v1/deals/${id}`, { name: 'Still gold' });
  await scored(api, id, (score) => score === 53);
});

test('a score follows the tags of the deal, its contact and its company', async () => {
  const { tenant, api } = await fresh();
  const tag = await make(api, 'tags', { name: 'VIP' });
  const company = await make(api, 'companies', { name: 'Acme' });
  const contact = await make(api, 'contacts', { given_name: 'Ann' });
  const deal = await make(api, 'deals', { name: 'Tagged', contact_id: contact, company_id: company });
  const tagged = { field: 'tags', op: 'has', value: tag };
  const rule = (name: string, resource: string, filter: object, points: number) =>
    make(api, 'scoring-rules', { name, resource, filter, points, active: true });
  await rule('Deal', 'deal', tagged, 1);
  await rule('Contact', 'contact', tagged, 10);
  await rule('Company', 'deal', { any: 'company', where: tagged }, 30);
  await scored(api, deal, (score) => score === 50);
  const put = async (path: string, tags: string[]) => {
    const answer = await api('PATCH', `/api/v1/${path}`, { tags });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  };
  await put(`deals/${deal}`, [tag]);
  await scored(api, deal, (score) => score === 51);
  await put(`contacts/${contact}`, [tag]);
  await scored(api, deal, (score) => score === 61);
  await put(`companies/${company}`, [tag]);
  await scored(api, deal, (score) => score === 91);

  // Who may not read the contact or the company is not told what rules say of them.
  const reasonsFor = async (name: string, seen: object): Promise<(string | null)[]> => {
    const rights = { deal: { read: 'all' }, scoring: { read: 'all' }, tag: { read: 'all' }, ...seen };
    const { key } = (await api('POST', '/api/v1/roles', { name, rights })).body;
    const { reasons }: ShownScore = await scoreOf((await tenant.as(key, name)).api, deal);
    return reasons.map(({ rule, points, text }) => (rule?.id || points !== null ? text : null)).sort();
  };
  const all = { read: 'all' };
  assert.deepEqual(await reasonsFor('Sees both', { contact: all, company: all }), [
    'Company: +30',
    'Contact: +10',
    'Deal: +1',
  ]);
  assert.deepEqual(await reasonsFor('Sees contacts', { contact: all }), ['Contact: +10', 'Deal: +1', null]);
  assert.deepEqual(await reasonsFor('Sees companies', { company: all }), ['Company: +30', 'Deal: +1', null]);
  assert.deepEqual(await reasonsFor('Sees own ones', { contact: { read: 'own' } }), ['Deal: +1', null, null]);

  await put(`contacts/${contact}`, []);
  await scored(api, deal, (score) => score === 81);
});

test('what a company had won and lost before is counted for thousands of its deals at once', async () => {
  const { tenant, api } = await fresh();
  const company = await make(api, 'companies', { name: 'Acme' });
  const stages = (await api('GET', '/api/v1/stages')).body.data as { id: string; kind: string; pipeline_id: string }[];
  const [won, lost] = ['won', 'lost'].map((kind) => stages.find((stage) => stage.kind === kind)!);
  const deals = Array.from({ length: 12_000 }, (_, i) => ({
    kind: i % 3 === 0 ? 'won' : 'lost',
    opened: i % 700,
    closed: (i % 700) + ((i * 7) % 40),
  }));
  const { known } = await withContext(app.app.services.db, systemActor(tenant.tenant_id), async (ctx) => {
    await ctx.tx.run(sql`insert into deal (tenant_id, name, currency, company_id, pipeline_id, stage_id, status, opened_on, closed_on)
      select ${tenant.tenant_id}, 'Deal', 'USD', ${company}, ${won!.pipeline_id}, case d.kind when 'won' then ${won!.id}::uuid
        else ${lost!.id}::uuid end,
        d.kind, date '2020-01-01' + d.opened, date '2020-01-01' + d.closed
      from jsonb_to_recordset(${JSON.stringify(deals)}) d (kind text, opened int, closed int)`);
    const begun = performance.now();
    const known = await queries.closedDeals(ctx, 20_000);
    assert.ok(performance.now() - begun < 8_000, 'not the square of the deals');
    return { known };
  });
  assert.equal(known.length, deals.length);
  const by = (kind: string, day: number) => deals.filter((deal) => deal.kind === kind && deal.closed < day).length;
  const expected = deals.map(({ opened }) => opened).sort((a, b) => a - b);
  const days = [0, 1, 2, 41, 350, 699];
  for (const day of days) {
    const rows = known.filter(({ now }) => now.won_before === by('won', day) && now.lost_before === by('lost', day));
    assert.ok(rows.length >= expected.filter((opened) => opened === day).length, `day ${day}`);
  }
  const sum = (counts: number[]) => counts.reduce((all, each) => all + each, 0);
  for (const [kind, factor] of [['won', 'won_before'], ['lost', 'lost_before']] as const) {
    const counted = Array.from({ length: 700 }, (_, day) => by(kind, day));
    assert.equal(sum(known.map(({ now }) => now[factor])), sum(deals.map(({ opened }) => counted[opened]!)), factor);
  } // biome-ignore format: a table
});

test('reasons tell nothing of what the reader may not see: hidden fields, and companies of others', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const adviser = await tenant.as('advisor');
  await make(api, 'pipelines', { name: 'Sales' });
  const hidden = { resource: 'deal', key: 'margin', label: 'Margin', type: 'integer', visible_to: [] };
  await make(api, 'custom-fields', hidden);
  const filter = { field: 'custom.margin', op: 'gt', value: 41 };
  await make(api, 'scoring-rules', { name: 'Fat margin', resource: 'deal', filter, points: 13, active: true });
  const { clinic } = await closedDeals(api, 250);
  assert.equal((await api('POST', '/api/v1/score-model/fittings')).status, 202);
  const body = { name: 'Mine', company_id: clinic, owner_id: adviser.user_id, custom: { margin: 42 } };
  const id = await make(api, 'deals', body);
  const seen = await scored(api, id, (score) => score !== null && score > 80);
  const texts = (reasons: ShownScore['reasons']) => reasons.map(({ text }) => text).join('; ');
  assert.match(texts(seen.reasons), /Fat margin: \+13/);
  assert.match(texts(seen.reasons), /Industry medical: \+/);
  const shown: ShownScore = await scoreOf(adviser.api, id);
  assert.equal(shown.score, seen.score);
  assert.match(texts(shown.reasons), /Industry: \+/);
  assert.doesNotMatch(JSON.stringify(shown), /medical|Fat margin|[+]13/);
  const unseen = shown.reasons.filter(({ kind }) => kind === 'rule');
  assert.deepEqual(
    unseen.map(({ rule, points }) => [rule?.id, points]),
    [[null, null]],
    'which rule a deal meets would say what its margin is',
  );
  assert.deepEqual((await adviser.api('GET', '/api/v1/scoring-rules')).body.data, []);
  assert.equal((await api('GET', '/api/v1/scoring-rules')).body.data.length, 1);
});

test('of rules that come at once no more stay than a workspace takes', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const rule = (n: number) => ({
    name: `Rule ${n}`,
    resource: 'deal',
    filter: { field: 'name', op: 'eq', value: 'x' },
    points: 1,
    active: false,
  });
  const data = Array.from({ length: 46 }, (_, n) => rule(n));
  assert.equal((await api('POST', '/api/v1/scoring-rules/bulk', { data })).status, 201);
  const more = Array.from({ length: 12 }, (_, n) => api('POST', '/api/v1/scoring-rules', rule(100 + n)));
  const statuses = (await Promise.all(more)).map(({ status }) => status).sort();
  assert.deepEqual(statuses, [...Array(4).fill(201), ...Array(8).fill(409)]);
});
