import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '../../kernel/database/database.ts';
import { uuidV7 } from '../../kernel/database/uuid.ts';
import type { LogLine } from '../../kernel/logs/line.ts';
import { first_line_id, type LogFilter, type LogStore } from '../../kernel/logs/log-store.ts';
import { type Actor, type Context, systemActor, withContext } from '../../kernel/tenancy/context.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** Against what a store is tested: the store, the database that says who may read, and an operator of it. */
export interface LogStoreWorld {
  store: LogStore;
  db: Database;
  operator: { tenant_id: string; user_id: string; credential_id: string };
}

export function logLine(more: Partial<LogLine> & { ago?: number } = {}): LogLine {
  const { ago = 0, ...rest } = more;
  return {
    id: uuidV7(),
    at: new Date(Date.now() - ago).toISOString(),
    level: 30,
    tenant_id: null,
    user_id: null,
    route: null,
    request_id: null,
    trace_id: null,
    process: 'web@test:1',
    message: 'A line',
    data: '{}',
    ...rest,
  };
}

const someone = (tenant_id: string, rights: Actor['rights'] = { log: { read: 'all' } }): Actor => ({
  ...systemActor(tenant_id),
  kind: 'user',
  user_id: uuidV7(),
  rights,
});

/** The contract of every store for lines of the log. */
export function logStoreContract(name: string, open: () => Promise<LogStoreWorld>, skip: string | false = false): void {
  let world: Promise<LogStoreWorld> | undefined;
  const check = (what: string, body: (world: LogStoreWorld) => Promise<void>) =>
    test(`${name}: ${what}`, { skip }, async () => {
      world ??= open();
      await body(await world);
    });
  const period = (more: Partial<LogFilter> = {}): LogFilter => ({
    from: new Date(Date.now() - 20 * day).toISOString(),
    to: new Date(Date.now() + hour).toISOString(),
    ...more,
  });
  const as = <R>({ db }: LogStoreWorld, actor: Actor, work: (ctx: Context) => Promise<R>) =>
    withContext(db, actor, work);
  /** All that an administrator of a workspace finds, page by page. */
  async function all(world: LogStoreWorld, tenant_id: string, filter: Partial<LogFilter> = {}, limit = 200) {
    const lines: LogLine[] = [];
    const search = { everything: false, filter: period(filter) };
    for (let before: Pick<LogLine, 'at' | 'id'> | undefined; ; ) {
      const from = before;
      const found = await as(world, someone(tenant_id), (ctx) => world.store.search(ctx, search, from, limit));
      assert.ok(found.lines.length <= limit);
      lines.push(...found.lines);
      if (found.searched_to) before = { at: found.searched_to, id: found.searched_to_id ?? first_line_id };
      else if (found.lines.length === limit) before = found.lines.at(-1)!;
      else return lines;
    }
  }
  const messages = async (...given: Parameters<typeof all>) => (await all(...given)).map(({ message }) => message);

  check('a line comes back as it was', async (world) => {
    const tenant_id = uuidV7();
    const odd = '\ud83d\ude00 Я ß İ \\ " \' % _ $where {"a.b": 1} \t ⏎ \ufffd'.toWellFormed();
    const line = logLine({
      tenant_id,
      user_id: uuidV7(),
      route: 'GET /api/v1/contacts',
      request_id: 'odd.$id',
      trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      level: 40,
      message: odd,
      data: JSON.stringify({ $set: 1, 'a.b': [odd], __proto__: null, '': { deep: odd } }),
    });
    await world.store.append([line]);
    const [found] = await all(world, tenant_id);
    assert.deepEqual({ ...found, at: Date.parse(found!.at) }, { ...line, at: Date.parse(line.at) });
  });

  check('what is stored again, in the same batch or another, is there once', async (world) => {
    const tenant_id = uuidV7();
    const lines = Array.from({ length: 300 }, (_, i) =>
      logLine({ tenant_id, level: i % 3 ? 30 : 50, message: `${i}` }),
    );
    const more = logLine({ tenant_id, message: 'more' });
    await world.store.append([]);
    await Promise.all([world.store.append(lines), world.store.append(lines)]);
    await world.store.append([...lines.slice(100), more, ...lines.slice(0, 100)]);
    await world.store.append(lines);
    assert.equal(
      (await messages(world, tenant_id)).sort().join(),
      [...lines.map((l) => l.message), 'more'].sort().join(),
    );
    const search = { everything: false, filter: period() };
    const { bars } = await as(world, someone(tenant_id), (ctx) => world.store.histogram(ctx, search, 4));
    assert.equal(
      bars.reduce((sum, [lines]) => sum + lines, 0),
      301,
    );
  });

  check(
    'every combination of filters finds what it names, in order, page by page, and the histogram counts it',
    async (world) => {
      const tenant_id = uuidV7();
      const people = [uuidV7(), uuidV7()];
      const routes = ['GET /api/v1/a', 'job b'];
      const lines: LogLine[] = [];
      // Several of the same millisecond, so that pages end between them.
      for (let i = 0; i < 400; i++)
        lines.push(
          logLine({
            ago: (i % 3) * day + Math.floor(i / 12) * 60_000,
            tenant_id,
            user_id: people[i % 2]!,
            route: routes[i % 5 === 0 ? 1 : 0]!,
            level: i % 7 === 0 ? 50 : i % 11 === 0 ? 40 : 30,
            request_id: `r-${Math.floor(i / 10)}`,
            trace_id: (i % 20).toString(16).padStart(32, '0'),
            message: `number ${i}`,
            data: JSON.stringify({ note: i % 50 === 0 ? 'Rare%_(thing)' : 'plain' }),
          }),
        );
      for (const line of lines.slice(0, 40)) line.at = lines[0]!.at;
      await world.store.append(lines);
      // A workspace beside it with the same, of which nothing may show.
      await world.store.append(lines.slice(0, 200).map((line) => ({ ...line, id: uuidV7(), tenant_id: uuidV7() })));
      const has: Record<string, [Partial<LogFilter>, (l: LogLine) => boolean]> = {
        level: [{ level: 40 }, (l) => l.level >= 40],
        user_id: [{ user_id: people[0]! }, (l) => l.user_id === people[0]],
        route: [{ route: routes[1]! }, (l) => l.route === routes[1]],
        text: [{ text: 'rare%_(TH' }, (l) => l.data.includes('Rare')],
        request_id: [{ request_id: 'r-20' }, (l) => l.request_id === 'r-20'],
        trace_id: [{ trace_id: '0'.repeat(32) }, (l) => l.trace_id === '0'.repeat(32)],
      };
      const names = Object.keys(has);
      for (let mask = 0; mask < 1 << names.length; mask++) {
        const parts = names.filter((_, i) => mask & (1 << i));
        const filter = Object.assign({}, ...parts.map((name) => has[name]![0])) as Partial<LogFilter>;
        const expected = lines
          .filter((l) => parts.every((name) => has[name]![1](l)))
          .sort((a, b) => (a.at < b.at || (a.at === b.at && a.id < b.id) ? 1 : -1));
        const found = await messages(world, tenant_id, filter, mask === 0 ? 61 : 200);
        assert.deepEqual(
          found,
          expected.map((l) => l.message),
          JSON.stringify(filter),
        );
        if (parts.length > 2) continue;
        const search = { everything: false, filter: period(filter) };
        const { bars, counted_to } = await as(world, someone(tenant_id), (ctx) =>
          world.store.histogram(ctx, search, 50),
        );
        assert.equal(bars.length, 50);
        const sums = [0, 1, 2].map((n) => bars.reduce((sum, bar) => sum + bar[n]!, 0));
        const counts = [
          expected.length,
          expected.filter((l) => l.level >= 40 && l.level < 50).length,
          expected.filter((l) => l.level >= 50).length,
        ];
        assert.ok(
          counted_to !== null || sums.join() === counts.join(),
          `${JSON.stringify(filter)}: ${sums} of ${counts}`,
        );
      }
    },
  );

  check('narrow bars hold the lines of their time, and the time ends before its end', async (world) => {
    const tenant_id = uuidV7();
    const from = Math.floor(Date.now() / hour) * hour - 2 * hour;
    const at = (ms: number) => new Date(from + ms).toISOString();
    await world.store.append([
      logLine({ tenant_id, at: at(-1), message: 'before' }),
      logLine({ tenant_id, at: at(0), message: 'first' }),
      logLine({ tenant_id, at: at(59_999), level: 40, message: 'second' }),
      logLine({ tenant_id, at: at(60_000), level: 50, message: 'third' }),
      logLine({ tenant_id, at: at(240_000), message: 'after' }),
    ]);
    const filter = { from: at(0), to: at(240_000) };
    const search = { everything: false, filter };
    const { bars } = await as(world, someone(tenant_id), (ctx) => world.store.histogram(ctx, search, 4));
    assert.deepEqual(bars, [
      [2, 1, 0],
      [1, 0, 1],
      [0, 0, 0],
      [0, 0, 0],
    ]);
    assert.deepEqual(await messages(world, tenant_id, filter), ['third', 'second', 'first']);
  });

  check('text is found whatever its case, script and characters, and is no pattern', async (world) => {
    const tenant_id = uuidV7();
    const texts = [
      'Straße ЯБЛОКО',
      'a.c [x] (y) {z} *+?|^$',
      'abc',
      'back\\slash',
      '100%_sure',
      'a"quote\'s',
      'C:\\dir',
    ];
    await world.store.append(texts.map((message, i) => logLine({ tenant_id, message, ago: i * 1000 })));
    for (const [text, expected] of [
      ['ЯБЛОКО', [texts[0]]],
      ['STRA', [texts[0]]],
      ['a.c', [texts[1]]],
      ['[X] (Y) {Z} *+?|^$', [texts[1]]],
      ['back\\s', [texts[3]]],
      ['100%_', [texts[4]]],
      ['"quote\'', [texts[5]]],
      ['.*', []],
      ['^a', []],
      ['\\d', [texts[6]]],
    ] as [string, string[]][])
      assert.deepEqual(await messages(world, tenant_id, { text }), expected, text);
  });

  check('people with the right see their workspace, operators all, and nobody else any', async (world) => {
    const { store, db, operator } = world;
    const [one, other] = [uuidV7(), uuidV7()];
    const request_id = uuidV7();
    await store.append([
      logLine({ tenant_id: one, request_id, message: 'one' }),
      logLine({ tenant_id: other, request_id, level: 50, message: 'other' }),
      logLine({ request_id, message: 'program' }),
    ]);
    assert.deepEqual(await messages(world, one, { request_id }), ['one']);
    // A workspace that the filter names is not the one that counts.
    assert.deepEqual(await messages(world, one, { request_id, tenant_id: other }), ['one']);
    const asOperator = { ...someone(operator.tenant_id), ...operator };
    const seen = async (filter: Partial<LogFilter>) => {
      const search = { everything: true, filter: period(filter) };
      const { lines } = await as(world, asOperator, (ctx) => store.search(ctx, search, undefined, 10));
      return lines.map(({ message }) => message).sort();
    };
    assert.deepEqual(await seen({ request_id }), ['one', 'other', 'program']);
    assert.deepEqual(await seen({ request_id, tenant_id: other }), ['other']);
    for (const [actor, everything] of [
      [someone(one, { audit: { read: 'all' } }), false],
      [someone(one), true],
    ] as const)
      for (const look of [
        (ctx: Context): Promise<unknown> => store.search(ctx, { everything, filter: period() }, undefined, 10),
        (ctx: Context) => store.histogram(ctx, { everything, filter: period() }, 10),
      ])
        await assert.rejects(withContext(db, actor, look), /Only operators|needs the right/);
  });

  check('lines past their time are deleted, and a clock that is ahead does no harm', async (world) => {
    const tenant_id = uuidV7();
    await world.store.append([
      logLine({ tenant_id, ago: 40 * day, message: 'old' }),
      logLine({ tenant_id, ago: 40 * day, level: 50, message: 'old error' }),
      logLine({ tenant_id, ago: 20_000 * day, message: 'of 1972' }),
      logLine({ tenant_id, ago: 2 * day, message: 'young' }),
      logLine({ tenant_id, ago: -400 * day, message: 'of the future' }),
    ]);
    await world.store.expire(new AbortController().signal);
    const filter = { from: new Date(0).toISOString(), to: new Date(Date.now() + 3 * day).toISOString() };
    assert.deepEqual(await messages(world, tenant_id, filter), ['of the future', 'young']);
  });

  check('it says what it is', async ({ store }) => assert.match(await store.check(), /^In /));
}
