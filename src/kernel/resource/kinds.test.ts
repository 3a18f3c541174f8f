import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { RawBuilder } from 'kysely';
import { type KitApp, startKitApp } from '../../../test/fixtures/kit/app.ts';
import { lease } from '../../../test/fixtures/kit/contract.ts';
import type { Client } from '../../../test/harness/app.ts';
import { explained } from '../../../test/harness/explain.ts';
import { sql } from '../database/database.ts';
import { systemActor, withContext } from '../tenancy/context.ts';
import { filterSql } from './filter.ts';

let app: KitApp;
let api: Client;
let tenant_id: string;
before(async () => {
  app = await startKitApp();
  const tenant = await app.tenant();
  tenant_id = tenant.tenant_id;
  api = app.kit((await tenant.as('admin')).key);
});
after(() => app.stop());

let made_so_far = 0;
const body = (more: object) => ({ name: 'Lease', room: `room ${++made_so_far}`, valid_from: '2026-01-01', ...more });
const create = (more: object) => api('POST', '/api/v1/leases', body(more));
async function made(more: object) {
  const answer = await create(more);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}
async function listed(filter: object, more = '', limit = 200) {
  const { status, body } = await api(
    'GET',
    `/api/v1/leases?limit=${limit}&filter=${encodeURIComponent(JSON.stringify(filter))}${more}`,
  );
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}
const names = (list: { data: { name: string }[] }) => list.data.map(({ name }) => name);
const codes = ({ status, body }: { status: number; body: { errors?: { field: string; code: string }[] } }) =>
  [status, ...(body.errors ?? []).map(({ field }) => field)]; // biome-ignore format: one list

describe('an exact decimal', () => {
  const share = fc
    .tuple(fc.bigInt({ min: -999_999_999_999n, max: 999_999_999_999n }), fc.integer({ min: 0, max: 999_999 }))
    .map(([whole, fraction]) => `${whole}.${String(fraction).padStart(6, '0')}`);

  test('comes back digit by digit, is found by what it is, compares and adds up as decimals do', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(share, { minLength: 1, maxLength: 8 }), async (shares) => {
        const name = `Exact ${++made_so_far}`;
        const { body: created } = await api('POST', '/api/v1/leases/bulk', {
          data: shares.map((share) => body({ name, share })),
        });
        assert.deepEqual(created.data.map(({ share }: { share: string }) => share), shares.map(plain)); // biome-ignore format: one call
        const mine = { field: 'name', op: 'eq', value: name };
        const units = shares.map(unitsOf);
        const pivot = shares[0]!;
        const of = (op: string, value: unknown = pivot) => listed({ and: [mine, { field: 'share', op, value }] });
        const count = (holds: (one: bigint) => boolean) => units.filter(holds).length;
        assert.equal(
          (await of('eq')).data.length,
          count((one) => one === units[0]),
        );
        assert.equal(
          (await of('lt')).data.length,
          count((one) => one < units[0]!),
        );
        assert.equal(
          (await of('gte')).data.length,
          count((one) => one >= units[0]!),
        );
        assert.equal(
          (await of('in', [pivot])).data.length,
          count((one) => one === units[0]),
        );
        assert.equal(
          (await of('between', ['-1', '1'])).data.length,
          count((one) => one >= -1_000_000n && one <= 1_000_000n),
        );
        const all = await listed(mine, '&sort=share&sums=share');
        assert.deepEqual(
          all.data.map(({ share }: { share: string }) => unitsOf(share)),
          units.toSorted((a, b) => (a < b ? -1 : 1)),
        );
        assert.equal(
          unitsOf(all.sums.share),
          units.reduce((a, b) => a + b, 0n),
        );
      }),
      { numRuns: 12 },
    );
  });

  const unitsOf = (text: string) => BigInt(text.replace('.', ''));
  const plain = (text: string) => (/^-0\.0*$/.test(text) ? text.slice(1) : text);

  test('is refused as a number, with too many digits and in any other writing', async () => {
    for (const share of [1.5, '1.1234567', '1234567890123', '1e3', '.5', '5.', '+1', ' 1', '', 'NaN'])
      assert.deepEqual(codes(await create({ share })), [422, 'share'], String(share));
    assert.equal((await made({ share: '7' })).share, '7.000000');
    assert.equal((await made({ share: null })).share, null);
    const { status } = await api(
      'GET',
      `/api/v1/leases?filter=${encodeURIComponent('{"field":"share","op":"eq","value":"1.1234567"}')}`,
    );
    assert.equal(status, 422);
  });

  test('pages go on behind equal and negative ones, and sums of nothing have the scale', async () => {
    for (const share of ['-2.5', '-2.5', '0', '3']) await made({ name: 'Paged', share });
    const mine = { field: 'name', op: 'eq', value: 'Paged' };
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await listed(mine, `&sort=-share${cursor && `&cursor=${cursor}`}`, 1);
      seen.push(...page.data.map(({ share }: { share: string }) => share));
      cursor = page.next_cursor ?? '';
    } while (cursor);
    assert.deepEqual(seen, ['3.000000', '0.000000', '-2.500000', '-2.500000']);
    assert.equal(
      (await listed({ field: 'name', op: 'eq', value: 'Nobody' }, '&sums=share,notice')).sums.share,
      '0.000000',
    );
  });

  test('history tells it digit by digit', async () => {
    const { id } = await made({ share: '123456789012.123457' });
    await api('PATCH', `/api/v1/leases/${id}`, { share: '0.1' });
    const timeline = await api('GET', `/api/v1/leases/${id}/timeline?kinds=change`);
    assert.equal(timeline.status, 200, JSON.stringify(timeline.body));
    assert.deepEqual(timeline.body.data[0].change.changes, [
      { field: 'share', title: 'Share', before: '123456789012.123457', after: '0.100000' },
    ]);
    const undone = await api('POST', `/api/v1/changes/${timeline.body.data[0].change.change_id}/reversal`);
    assert.equal(undone.status, 200, JSON.stringify(undone.body));
    assert.equal((await api('GET', `/api/v1/leases/${id}`)).body.share, '123456789012.123457');
  });

  test('filters use the index of its units under row-level security, which lets none of decimals be used', async () => {
    const plan = (where: RawBuilder<unknown>) =>
      withContext(
        app.app.services.db,
        { ...systemActor(tenant_id), rights: { product: { read: 'all' } } },
        async (ctx) => {
          await ctx.tx.run(sql`set local enable_seqscan = off`);
          return JSON.stringify(
            await ctx.tx.many(explained(sql`select id from lease r where tenant_id = ${tenant_id} and ${where}`)),
          );
        },
      );
    for (const op of ['eq', 'gt', 'lte'])
      assert.match(await plan(filterSql(lease, { field: 'share', op, value: '5' })), /Index Cond":"[^"]*share_units/);
    assert.doesNotMatch(await plan(sql`share > 5`), /Index Cond":"[^"]*share/);
  });
});

describe('a duration', () => {
  test('is answered in hours, minutes and seconds, and means the same however it was written', async () => {
    for (const [given, answered] of [
      ['PT90M', 'PT1H30M'],
      ['PT5400S', 'PT1H30M'],
      ['P1DT2H', 'PT26H'],
      ['P2W', 'PT336H'],
      ['PT0S', 'PT0S'],
      ['PT61S', 'PT1M1S'],
    ])
      assert.equal((await made({ notice: given })).notice, answered);
    assert.equal((await made({})).notice, null);
  });

  test('is refused where its length depends on the calendar, or it is none', async () => {
    for (const notice of ['P1M', 'P1Y', 'PT', 'P', 'P1DT', '-PT1H', 'PT1.5H', '90', 90, 'P1W2D', 'P9999999W'])
      assert.deepEqual(codes(await create({ notice })), [422, 'notice'], String(notice));
  });

  test('any number of seconds comes back, is compared as a length and added up', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(2_147_483_647), { minLength: 1, maxLength: 6 }), async (all) => {
        const name = `Long ${++made_so_far}`;
        const answer = await api('POST', '/api/v1/leases/bulk', {
          data: all.map((n) => body({ name, notice: `PT${n}S` })),
        });
        assert.equal(answer.status, 201, JSON.stringify(answer.body));
        const mine = { field: 'name', op: 'eq', value: name };
        const list = await listed(mine, '&sort=notice&sums=notice');
        assert.deepEqual(
          list.data.map(({ notice }: { notice: string }) => secondsOf(notice)),
          all.toSorted((a, b) => a - b),
        );
        assert.equal(
          secondsOf(list.sums.notice),
          all.reduce((a, b) => a + b, 0),
        );
        const shorter = await listed({ and: [mine, { field: 'notice', op: 'lt', value: `PT${all[0]}S` }] });
        assert.equal(shorter.data.length, all.filter((n) => n < all[0]!).length);
      }),
      { numRuns: 12 },
    );
    assert.equal((await listed({ field: 'name', op: 'eq', value: 'Nobody' }, '&sums=notice')).sums.notice, 'PT0S');
  });

  const secondsOf = (text: string) => {
    const [, h = 0, m = 0, s = 0] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(text)!;
    return Number(h) * 3600 + Number(m) * 60 + Number(s);
  };

  test('is told in the timeline as answers have it, and taken back', async () => {
    const { id } = await made({ notice: 'PT1H' });
    const changed = await api('PATCH', `/api/v1/leases/${id}`, { notice: 'PT2H' });
    assert.equal(changed.body.notice, 'PT2H');
    const { change } = (await api('GET', `/api/v1/leases/${id}/timeline?kinds=change`)).body.data[0];
    assert.deepEqual(change.changes, [{ field: 'notice', title: 'Notice', before: 'PT1H', after: 'PT2H' }]);
    await api('POST', `/api/v1/changes/${change.change_id}/reversal`);
    assert.equal((await api('GET', `/api/v1/leases/${id}`)).body.notice, 'PT1H');
  });
});

describe('a period', () => {
  test('two of one room never share a day, whatever is written in whatever order', async () => {
    const day = fc.integer({ min: 0, max: 40 });
    const given = fc.tuple(day, fc.option(day, { nil: null }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(given, { minLength: 2, maxLength: 12 }), async (periods) => {
        const room = `shared ${++made_so_far}`;
        const held: { id: string; from: string; to: string | null }[] = [];
        const overlaps = (from: string, to: string | null, but?: string) =>
          held.some((one) => one.id !== but && (to === null || one.from <= to) && (one.to === null || from <= one.to));
        for (const [start, end, moves] of periods) {
          const [from, to] = [dayOf(start), end === null ? null : dayOf(end)];
          const target = moves ? held[0] : undefined;
          const values = { valid_from: from, valid_to: to };
          const answer = target
            ? await api('PATCH', `/api/v1/leases/${target.id}`, values)
            : await create({ room, ...values });
          const expected = to !== null && to < from ? 422 : overlaps(from, to, target?.id) ? 409 : target ? 200 : 201;
          assert.equal(answer.status, expected, JSON.stringify([periods, from, to, answer.body]));
          if (expected === 409) assert.equal(answer.body.code, 'overlaps');
          if (expected === 422) assert.deepEqual(codes(answer), [422, 'valid_to']);
          if (answer.status === 201) held.push({ id: answer.body.id, from, to });
          if (answer.status === 200) Object.assign(target!, { from, to });
        }
        for (const n of [0, 13, 40]) {
          const answer = await api(
            'GET',
            `/api/v1/leases?as_of=${dayOf(n)}&count=true&filter=${encodeURIComponent(JSON.stringify({ field: 'room', op: 'eq', value: room }))}`,
          );
          const holding = held.filter(({ from, to }) => from <= dayOf(n) && (to === null || to >= dayOf(n)));
          assert.deepEqual(answer.body.data.map(({ id }: { id: string }) => id), holding.map(({ id }) => id)); // biome-ignore format: one call
          assert.equal(answer.body.total, holding.length);
        }
      }),
      { numRuns: 10 },
    );
  });

  const dayOf = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);

  test('what lies in the trash keeps no room, and cannot come back into a period that is taken', async () => {
    const first = await made({ room: 'Trash' });
    await api('DELETE', `/api/v1/leases/${first.id}`);
    await made({ room: 'Trash' });
    assert.equal((await api('POST', `/api/v1/leases/${first.id}/restoration`)).body.code, 'overlaps');
  });

  test('its beginning and its end are taken back together', async () => {
    const { id } = await made({ valid_to: '2026-06-30' });
    await api('PATCH', `/api/v1/leases/${id}`, { valid_from: '2026-02-01' });
    await api('PATCH', `/api/v1/leases/${id}`, { valid_to: '2026-07-31' });
    const { data } = (await api('GET', `/api/v1/leases/${id}/timeline?kinds=change`)).body;
    const undone = await api('POST', `/api/v1/changes/${data[1].change.change_id}/reversal`);
    assert.equal(undone.body.skipped[0].code, 'changed_since');
    const { body: now } = await api('GET', `/api/v1/leases/${id}`);
    assert.deepEqual([now.valid_from, now.valid_to], ['2026-02-01', '2026-07-31']);
  });

  test('a list that is asked as of a day asks for one, and pages of it go on with the same day', async () => {
    assert.equal((await api('GET', '/api/v1/leases?as_of=2026-02-30')).status, 422);
    const page = await api('GET', '/api/v1/leases?limit=1&as_of=2026-01-01');
    const next = (day: string) => api('GET', `/api/v1/leases?limit=1&as_of=${day}&cursor=${page.body.next_cursor}`);
    assert.equal((await next('2026-01-01')).status, 200);
    assert.equal((await next('2026-01-02')).status, 400);
    const { key } = await (await app.tenant('plain')).as('admin');
    assert.equal(
      (await app.client(key)('GET', '/api/v1/products?as_of=2026-01-01')).status,
      422,
      'products have no period',
    );
  });
});

describe('labelled addresses', () => {
  test('are kept with their labels and found by any part of them', async () => {
    const office = {
      label: 'Office',
      street: 'Canal Street 1',
      city: 'Delft',
      region: null,
      postal_code: '2611',
      country: 'NL',
    };
    const bern = { ...office, label: null, street: null, city: 'Bern' };
    const sites = (await made({ name: 'Two sites', sites: [office, { city: 'Bern' }] })).sites;
    assert.deepEqual(sites, [
      { ...office, country: 'Netherlands' },
      { ...bern, postal_code: null, country: null },
    ]);
    await made({ name: 'No site' });
    const of = async (op: string, value?: string) =>
      names(
        await listed({
          and: [
            { field: 'name', op: 'contains', value: ' site' },
            { field: 'sites', op, value },
          ],
        }),
      );
    assert.deepEqual(await of('contains', 'canal'), ['Two sites']);
    assert.deepEqual(await of('contains', 'office'), ['Two sites']);
    assert.deepEqual(await of('contains', 'bern'), ['Two sites']);
    assert.deepEqual(await of('contains', 'street":'), []);
    assert.deepEqual(await of('is_empty'), ['No site']);
    assert.deepEqual(await of('not_empty'), ['Two sites']);
  });
});
