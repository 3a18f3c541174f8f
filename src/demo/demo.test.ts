import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { startTestApp, type TestApp, type TestTenant } from '../../test/harness/app.ts';
import { sql } from '../kernel/database/database.ts';
import { systemActor, withContext } from '../kernel/tenancy/context.ts';
import { loadDemo } from './index.ts';
import { salesDemo } from './sales/index.ts';

suite('the demo workspace', () => {
  let app: TestApp;
  let tenant: TestTenant;
  before(async () => {
    app = await startTestApp();
    tenant = await app.tenant();
    await tenant.as('admin', 'robin');
    await loadDemo(app.app.services.db, tenant.tenant_id, salesDemo);
  });
  after(() => app.stop());

  const rows = <Row>(statement: ReturnType<typeof sql<Row>>, tenant_id = tenant.tenant_id): Promise<Row[]> =>
    withContext(app.app.services.db, systemActor(tenant_id), (ctx) => ctx.tx.many(statement), { mode: 'read' });
  const count = async (what: ReturnType<typeof sql>, tenant_id?: string): Promise<number> =>
    (await rows(sql<{ count: number }>`select count(*)::int as count from ${what}`, tenant_id))[0]!.count;

  test('has the firms, people and deals it promises, and a team with different roles', async () => {
    for (const [table, least, most] of [
      ['company', 300, 300],
      ['contact', 2000, 2000],
      ['deal', 600, 600],
      ['deal_line', 600, 2000],
      ['activity', 2000, 6000],
      ['note', 500, 2000],
      ['comment', 50, 500],
      ['task', 300, 2000],
      ['record_tag', 300, 2000],
      ['favourite', 5, 50],
      ['team', 4, 4],
      ['pipeline', 2, 2],
      ['product', 8, 20],
      ['user_account', 12, 15],
      ['mailbox', 2, 2],
      ['mail_message', 200, 800],
      ['mail_thread', 80, 300],
      ['meeting_calendar', 2, 2],
      ['meeting', 60, 300],
    ] as const) {
      const found = await count(sql.table(table));
      assert.ok(found >= least && found <= most, `${found} rows of ${table}`);
    }
    assert.ok((await count(sql`(select distinct role_id from user_role) as roles`)) >= 5);
  });

  test('is loaded once', async () => {
    const before = await count(sql`audit_event`);
    await loadDemo(app.app.services.db, tenant.tenant_id, salesDemo);
    assert.equal(await count(sql`audit_event`), before);
  });

  test('is loaded whole or not at all', async () => {
    const other = await app.tenant();
    const { api } = await other.as('admin');
    // In the way of the demo's own tag of that name.
    const { body: tag } = await api('POST', '/api/v1/tags', { name: 'Newsletter', color: 'red' });
    await assert.rejects(loadDemo(app.app.services.db, other.tenant_id, salesDemo), { code: '23505' });
    assert.equal(await count(sql`product`, other.tenant_id), 0);
    await api('DELETE', `/api/v1/tags/${tag.id}`);
    await loadDemo(app.app.services.db, other.tenant_id, salesDemo);
    assert.equal(await count(sql`deal`, other.tenant_id), 600);
  });

  test('leaves an audit event for each record', async () => {
    for (const table of ['company', 'contact', 'deal', 'activity', 'note', 'comment', 'task']) {
      const events = await count(sql`audit_event where action = 'create' and resource = ${table}`);
      assert.equal(events, await count(sql.table(table)), table);
    }
  });

  test('has names in many scripts, written as their bearers write them', async () => {
    for (const script of ['Latin', 'Cyrillic', 'Greek', 'Arabic', 'Hebrew', 'Devanagari', 'Thai', 'Han', 'Hangul']) {
      const pattern = new RegExp(`^\\p{Script=${script}}`, 'u');
      const names = await rows(sql<{ name: string }>`select name from contact`);
      const firms = await rows(sql<{ name: string }>`select name from company`);
      assert.ok(names.filter(({ name }) => pattern.test(name)).length >= 20, script);
      assert.ok(
        firms.some(({ name }) => new RegExp(`\\p{Script=${script}}`, 'u').test(name)),
        script,
      );
    }
    const [wang] = await rows(sql<{ name: string }>`select name from contact where family_name = '王' limit 1`);
    assert.match(wang!.name, /^王\p{Script=Han}+$/u);
  });

  test('is consistent: addresses with firms, amounts with lines, stages with days', async () => {
    const wrong = {
      address: sql`contact c join company f on f.id = c.company_id where c.email not like '%@' || f.domain`,
      domain: sql`company where domain not like '%.example'`,
      umlaut: sql`contact where email !~ '^[a-z0-9.-]+@[a-z0-9.-]+$'`,
      amount: sql`deal d where amount is distinct from
        (select sum(app.line_total(quantity, unit_price, discount_percent)) from deal_line l where l.deal_id = d.id)`,
      'closed without a day': sql`deal where (status = 'open') <> (closed_on is null)`,
      'closed before it was opened': sql`deal where closed_on < opened_on`,
      'won without a word': sql`deal d where status = 'won' and not exists (select from activity a
        where d.id = any (a.records) and a.occurred_at::date = d.closed_on)`,
      'talked of after it was closed': sql`deal d join activity a on d.id = any (a.records) where a.occurred_at::date > d.closed_on`,
      'talked of before it was opened': sql`deal d join activity a on d.id = any (a.records) where a.occurred_at::date < d.opened_on`,
      'sold to strangers': sql`deal d join contact c on c.id = d.contact_id where c.created_at > d.created_at`,
      'from the future': sql`activity where occurred_at > now()`,
      'written in the future': sql`note where created_at > now()`,
      'mail from the future': sql`mail_message where occurred_at > now()`,
      'mail without its contact': sql`mail_message m where records <> '{}' and not exists (select from contact c
        where c.id = any (m.records))`,
      'left open in a mail': sql`mail_message where subject || body ~ '[{}]'`,
      'left open': sql`note where body ~ '[{}]'`,
      'left open in a subject': sql`activity where subject ~ '[{}]' or body ~ '[{}]'`,
      'left open in a title': sql`task where title ~ '[{}]'`,
    };
    for (const [what, where] of Object.entries(wrong)) assert.equal(await count(where), 0, what);
  });

  test('reaches from two years ago to today, with work to do now', async () => {
    assert.ok((await count(sql`activity where occurred_at < now() - interval '18 months'`)) > 50);
    assert.ok((await count(sql`activity where occurred_at > now() - interval '14 days'`)) > 20);
    assert.ok((await count(sql`task where status = 'open' and due_at < now()`)) > 5);
    assert.ok(
      (await count(sql`task where status = 'open' and due_at between now() and now() + interval '7 days'`)) > 10,
    );
    assert.equal((await rows(sql`select from deal where status = 'open'`)).length > 60, true);
    for (const stage of await rows(
      sql<{ deals: number }>`select (select count(*)::int from deal d where d.stage_id = s.id) as deals from stage s`,
    )) {
      assert.ok(stage.deals > 0);
    }
  });

  test('gives the administrator work of their own, and pages that answer', async () => {
    const { api, user_id } = await tenant.as('admin', 'robin');
    const filter = encodeURIComponent(JSON.stringify({ field: 'assignee_id', op: 'eq', value: user_id }));
    assert.ok((await api('GET', `/api/v1/tasks?filter=${filter}`)).body.data.length >= 8);
    const { body: pipelines } = await api('GET', '/api/v1/pipelines');
    for (const path of [
      'contacts',
      'companies',
      'deals',
      `pipelines/${pipelines.data[0].id}/board`,
      'analytics/dashboard',
    ]) {
      assert.equal((await api('GET', `/api/v1/${path}`)).status, 200, path);
    }
  });
});
