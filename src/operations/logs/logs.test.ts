import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Client,
  client,
  eventually,
  startTestApp,
  type TestApp,
  type TestTenant,
} from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { sql } from '../../kernel/database/database.ts';
import { uuidV7 } from '../../kernel/database/uuid.ts';
import type { LogLine } from '../../kernel/logs/line.ts';
import { openPostgresLogStore } from '../../kernel/logs/postgres-log-store.ts';
import { LogShipper } from '../../kernel/logs/shipper.ts';
import { Spill } from '../../kernel/logs/spill.ts';
import { systemActor, withContext } from '../../kernel/tenancy/context.ts';

let app: TestApp;
let home: TestTenant;
let other: TestTenant;
let operator: Client;
let administrator: Client;
let user_id: string;

const rows = (text: string, values: unknown[] = []) => asOwner(app, text, values) as Promise<Record<string, unknown>[]>;
const minute = 60_000;
const day = 24 * 60 * minute;

function line(more: Partial<LogLine> & { ago?: number } = {}): LogLine {
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

const store = async (lines: LogLine[]) => {
  const to = openPostgresLogStore({ url: app.database.appUrl, days: 30 });
  await to.append(lines).finally(() => to.close());
};

const began = Date.now();
const period = { from: new Date(began - 25 * day).toISOString(), to: new Date(began + 10 * minute).toISOString() };

/** Of the last days, with everything else as given. */
function query(filter: Record<string, string | number> = {}): string {
  return new URLSearchParams({ ...period, ...filter } as Record<string, string>).toString();
}

async function messages(client: Client, path: string, filter: Record<string, string | number> = {}): Promise<string[]> {
  const { status, body } = await client('GET', `/api/v1/${path}?${query(filter)}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body.data.map(({ message }: LogLine) => message);
}

before(async () => {
  app = await startTestApp({ LOG_LEVEL: 'info' });
  home = await app.tenant();
  other = await app.tenant();
  ({ user_id } = await home.as('viewer', 'Olga'));
  operator = await home.signedIn('viewer', 'Olga');
  administrator = await home.signedIn('admin', 'Ada');
  await rows(`insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test')`, [
    home.tenant_id,
    user_id,
  ]);
});
after(() => app.stop());

test('a request is found by its id with trace, person and route, and so is the change that it made', async () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const made = await administrator(
    'POST',
    '/api/v1/companies',
    { name: 'Canary Company' },
    { traceparent: `00-${trace}-00f067aa0ba902b7-01` },
  );
  const request_id = made.headers.get('x-request-id')!;
  await eventually(async () => (await messages(administrator, 'log-lines', { request_id })).length === 1);
  const { body } = await administrator('GET', `/api/v1/log-lines?${query({ request_id })}`);
  const { trace_id, tenant_id, route, level, data, user_id: who } = body.data[0];
  assert.deepEqual(
    { trace_id, tenant_id, route, level },
    { trace_id: trace, tenant_id: home.tenant_id, route: 'POST /api/v1/companies', level: 30 },
  );
  assert.equal(who, (await home.as('admin', 'Ada')).user_id);
  assert.deepEqual([data.method, data.url, data.status], ['POST', '/api/v1/companies', 201]);
  assert.ok(!JSON.stringify(body).includes('Canary Company'));
  const events = await administrator('GET', `/api/v1/audit-events?request_id=${request_id}`);
  assert.equal(events.body.data[0].resource, 'company');
});

test('administrators see the lines of their workspace, operators all, and nobody else any', async () => {
  const text = 'isolation';
  await store([
    line({ tenant_id: home.tenant_id, message: `${text} home` }),
    line({ tenant_id: other.tenant_id, message: `${text} other` }),
    line({ message: `${text} program` }),
  ]);
  const elsewhere = await other.signedIn('admin', 'Eve');
  assert.deepEqual(await messages(administrator, 'log-lines', { text }), ['isolation home']);
  assert.deepEqual(await messages(elsewhere, 'log-lines', { text }), ['isolation other']);
  assert.equal((await messages(operator, 'installation/log-lines', { text })).length, 3);
  assert.deepEqual(await messages(operator, 'installation/log-lines', { text, tenant_id: other.tenant_id }), [
    'isolation other',
  ]);
  const { body } = await administrator('GET', `/api/v1/log-lines/histogram?${query({ text, bars: 5 })}`);
  assert.equal(body.data[4].lines, 1);
  // Asking for another workspace is asking for too much, not for a filter.
  assert.equal((await elsewhere('GET', `/api/v1/log-lines?${query({ tenant_id: home.tenant_id })}`)).status, 422);
  const manager = await home.signedIn('manager', 'Max');
  for (const [client, path] of [
    [manager, 'log-lines'],
    [operator, 'log-lines'],
    [administrator, 'installation/log-lines'],
    [administrator, 'installation/log-workspaces'],
  ] as const) {
    const { status } = await client('GET', `/api/v1/${path}${path.endsWith('lines') ? `?${query()}` : ''}`);
    assert.equal(status, 403, path);
  }
  const { db } = app.app.services;
  const asUser = { ...systemActor(home.tenant_id), kind: 'user' as const, rights: { audit: { read: 'all' as const } } };
  for (const everything of [true, false])
    await assert.rejects(
      withContext(db, asUser, ({ tx }) => tx.one(sql`select app.search_log(${everything}, '{}', now(), null, 10)`)),
      /Only operators|needs the right/,
    );
  assert.deepEqual(await withContext(db, asUser, ({ tx }) => tx.many(sql`select * from log_line`)), []);
});

test('what an operator does on the pages of the installation is none of their workspace’s lines', async () => {
  const seen = await operator('GET', '/api/v1/installation/jobs');
  const refused = await administrator('GET', '/api/v1/installation/jobs');
  const [request_id, of_refused] = [seen, refused].map(({ headers }) => headers.get('x-request-id')!);
  const [line] = await eventually(async () => {
    const { body } = await operator('GET', `/api/v1/installation/log-lines?${query({ request_id: request_id! })}`);
    return body.data.length === 1 && body.data;
  });
  assert.equal(line.user_id, user_id);
  // Who tried it is.
  await eventually(async () => (await messages(administrator, 'log-lines', { request_id: of_refused! })).length === 1);
  assert.deepEqual(await messages(administrator, 'log-lines', { request_id: request_id! }), []);
});

test('every combination of filters finds what it names, page by page, and the histogram counts the same', async () => {
  const people = [uuidV7(), uuidV7()];
  const routes = ['GET /api/v1/a', 'job b'];
  const lines: LogLine[] = [];
  // More than one chunk of a day, so that some lines are reached through an index and others by reading.
  for (let i = 0; i < 24_000; i++)
    lines.push(
      line({
        ago: (i % 3) * day + Math.floor(i / 3) * 1000,
        tenant_id: home.tenant_id,
        user_id: people[i % 2]!,
        route: routes[i % 5 === 0 ? 1 : 0]!,
        level: i % 7 === 0 ? 50 : i % 11 === 0 ? 40 : 30,
        request_id: `many-${Math.floor(i / 10)}`,
        trace_id: (i % 100).toString(16).padStart(32, '0'),
        message: `many number ${i}`,
        data: JSON.stringify({ odd: i % 2 === 1, note: i % 1000 === 0 ? 'Rare%_thing' : 'plain' }),
      }),
    );
  for (let i = 0; i < lines.length; i += 2000) await store(lines.slice(i, i + 2000));
  // The days that are over get their index for texts.
  const { db } = app.app.services;
  while ((await db.call<{ made: boolean }>(sql`select app.index_log() as made`))[0]!.made);
  const has: Record<string, [string, (l: LogLine) => boolean]> = {
    level: ['error', (l) => l.level >= 50],
    user_id: [people[0]!, (l) => l.user_id === people[0]],
    route: [routes[1]!, (l) => l.route === routes[1]],
    text: ['rare%_', (l) => l.data.includes('Rare')],
    request_id: ['many-200', (l) => l.request_id === 'many-200'],
    trace_id: ['0'.repeat(32), (l) => l.trace_id === '0'.repeat(32)],
  };
  const names = Object.keys(has);
  for (let mask = 0; mask < 1 << names.length; mask++) {
    const parts = names.filter((_, i) => mask & (1 << i));
    const filter = Object.fromEntries(parts.map((name) => [name, has[name]![0]]));
    if (parts.length === 0) filter.text = 'many number';
    const expected = lines
      .filter((l) => parts.every((name) => has[name]![1](l)))
      .sort((a, b) => (a.at < b.at || (a.at === b.at && a.id < b.id) ? 1 : -1))
      .map(({ message }) => message);
    const found: string[] = [];
    for (let cursor = ''; found.length < 450; ) {
      const { status, body } = await administrator(
        'GET',
        `/api/v1/log-lines?${query({ ...filter, limit: 200, ...(cursor && { cursor }) })}`,
      );
      assert.equal(status, 200, JSON.stringify(body));
      found.push(...body.data.map(({ message }: LogLine) => message));
      cursor = body.next_cursor;
      if (!cursor) break;
    }
    assert.deepEqual(found.slice(0, 450), expected.slice(0, Math.min(450, found.length)), JSON.stringify(filter));
    assert.ok(found.length >= Math.min(400, expected.length), JSON.stringify(filter));
    const { body } = await administrator('GET', `/api/v1/log-lines/histogram?${query({ ...filter, bars: 50 })}`);
    const sum = body.data.reduce((all: number, bar: { lines: number }) => all + bar.lines, 0);
    assert.ok(
      body.counted_to !== null || sum === expected.length,
      `${JSON.stringify(filter)}: ${sum} of ${expected.length}`,
    );
  }
  const stored = await rows(
    `select sum(lines)::int as counted, (select count(*)::int from log_line where tenant_id = $1) as lines from log_count
      where tenant_id = $1`,
    [home.tenant_id],
  );
  assert.equal(stored[0]!.counted, stored[0]!.lines);
});

test('health checks, asked every second by machines, are no lines of the log, but for those that fail', async () => {
  const node = await app.secondNode({ HOLDFAST_ROLE: 'web' });
  const ask = client(node.address!);
  const stored = (route: string) => rows('select 1 from log_line where route = $1', [route]);
  for (let n = 0; n < 3; n++) assert.equal((await ask('GET', '/api/health/ready')).status, 200);
  assert.equal((await ask('GET', '/api/v1/session')).status, 401);
  await eventually(async () => (await stored('GET /api/v1/session')).length > 0);
  assert.equal((await stored('GET /api/health/ready')).length, 0);
  await node.services.drain.run({ notice: false });
  assert.equal((await ask('GET', '/api/health/ready')).status, 503);
  await eventually(async () => (await stored('GET /api/health/ready')).length === 1);
});

test('old days are dropped, days ahead are there, and a line of a strange time does no harm', async () => {
  await store([
    line({ ago: 40 * day, message: 'too old' }),
    line({ ago: -400 * day, message: 'of the future' }),
    line({ ago: 20_000 * day, message: 'of 1972' }),
  ]);
  assert.equal((await rows(`select 1 from log_line where message in ('too old', 'of the future')`)).length, 2);
  await app.app.services.db.call(sql`select app.ensure_log_partitions(), app.purge_log(30)`);
  assert.equal((await rows(`select 1 from log_line where message in ('too old', 'of 1972')`)).length, 0);
  const partitions = await rows(`select count(*)::int as n from pg_inherits where inhparent = 'log_line'::regclass`);
  assert.ok((partitions[0]!.n as number) < 12, `${partitions[0]!.n}`);
});

test('while the store is away requests go on, lines wait on disk, and then each is stored once', async () => {
  const folder = join(app.app.services.config.HOLDFAST_DATA, 'log-of-a-test');
  const real = openPostgresLogStore({ url: app.database.appUrl, days: 30 });
  const warned: string[] = [];
  let appended = 0;
  const to = {
    // Every seventh batch is stored, and its answer lost.
    append: async (lines: readonly LogLine[]) => {
      await real.append(lines);
      if (++appended % 7 === 0) throw new Error('The connection was lost');
    },
    close: () => real.close(),
  };
  const log = { warn: (_: unknown, message: string) => warned.push(message), info: () => {} } as never;
  const shipper = new LogShipper({ store: to, spill: new Spill(folder), log });
  const name = new URL(app.database.appUrl).pathname.slice(1);
  const own = `pid <> pg_backend_pid() and application_name = 'holdfast-log' and datname = '${name}'`;
  const cut = setInterval(
    () => void rows(`select pg_terminate_backend(pid) from pg_stat_activity where ${own}`).catch(() => {}),
    30,
  );
  const sent: string[] = [];
  let onDisk = false;
  for (let i = 0; i < 200; i++) {
    for (let j = 0; j < 50; j++) {
      const made = line({ message: `cut ${i}-${j}` });
      sent.push(made.message);
      shipper.add(made);
    }
    await sleep(10);
    onDisk ||= (await readdir(folder).catch(() => [])).length > 0;
  }
  assert.equal((await administrator('GET', '/api/v1/session')).status, 200);
  assert.ok(onDisk && warned.length > 0);
  clearInterval(cut);
  await eventually(
    async () =>
      (await rows(`select count(*)::int as n from log_line where message like 'cut %'`))[0]!.n === sent.length,
  );
  const found = await rows(
    `select count(*)::int as lines, count(distinct message)::int as messages from log_line where message like 'cut %'`,
  );
  assert.deepEqual(found[0], { lines: sent.length, messages: sent.length });
  // Lines whose answer was lost are stored and go from the disk with the next try.
  await eventually(async () => (await readdir(folder)).length === 0);
  await shipper.stop();
});

test('lines that come while others are sent from disk follow at once', async () => {
  const stored: string[] = [];
  let calls = 0;
  const slow = {
    append: async (lines: readonly LogLine[]) => {
      if (++calls === 1) throw new Error('away');
      if (calls === 2) {
        shipper.add(line({ message: 'meanwhile' }));
        await sleep(600);
      }
      stored.push(...lines.map(({ message }) => message));
    },
    close: async () => {},
  };
  const log = { warn: () => {}, info: () => {} } as never;
  const folder = join(app.app.services.config.HOLDFAST_DATA, 'log-meanwhile');
  const shipper = new LogShipper({ store: slow, spill: new Spill(folder), log });
  shipper.add(line({ message: 'first' }));
  await eventually(async () => stored.length === 2, 10_000);
  assert.deepEqual(stored, ['first', 'meanwhile']);
  await shipper.stop();
});

test('lines whose sending hangs when the process ends wait on disk like those that come after them', async () => {
  let calls = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const append = () => {
    calls++;
    return promise;
  };
  const store = { append, close: async () => {} };
  const log = { warn: () => {}, info: () => {} } as never;
  const folder = join(app.app.services.config.HOLDFAST_DATA, 'log-that-hangs');
  const shipper = new LogShipper({ store, spill: new Spill(folder), log });
  shipper.add(line({ message: 'sent', level: 50 }));
  await eventually(async () => calls === 1);
  shipper.add(line({ message: 'waits' }));
  await shipper.stop();
  resolve();
  const [file] = await readdir(folder);
  const kept = await readFile(join(folder, file!), 'utf8');
  assert.deepEqual(
    ['sent', 'waits'].map((message) => kept.includes(`"${message}"`)),
    [true, true],
  );
});

test('what a process left that was killed is sent by another, half a row at its end or not', async () => {
  const folder = join(app.app.services.config.HOLDFAST_DATA, 'log-of-the-dead');
  const away = { append: async () => Promise.reject(new Error('away')), close: async () => {} };
  const log = { warn: () => {}, info: () => {} } as never;
  const dead = new LogShipper({ store: away, spill: new Spill(folder), log });
  for (let i = 0; i < 100; i++) dead.add(line({ message: `left ${i}` }));
  await dead.stop();
  const [file] = await readdir(folder);
  const { rename, appendFile } = await import('node:fs/promises');
  await appendFile(join(folder, file!), '{"id":"half a');
  // Of a process of this machine that is gone.
  await rename(join(folder, file!), join(folder, file!.replace(`.${process.pid}.`, '.4194304.')));
  assert.match(await readFile(join(folder, (await readdir(folder))[0]!), 'utf8'), /left 99/);
  const heir = new LogShipper({
    store: openPostgresLogStore({ url: app.database.appUrl, days: 30 }),
    spill: new Spill(folder),
    log,
  });
  await eventually(
    async () => (await rows(`select count(*)::int as n from log_line where message like 'left %'`))[0]!.n === 100,
  );
  await heir.stop();
  assert.deepEqual(await readdir(folder), []);
});

test('what a full disk took half of is not the beginning of the next line', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('only root may make a small disk');
  const { execFileSync } = await import('node:child_process');
  const { mkdir, rm } = await import('node:fs/promises');
  const folder = join(app.app.services.config.HOLDFAST_DATA, 'small-disk');
  await mkdir(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'pipe' });
  } catch {
    return t.skip('no small disk can be made here');
  }
  const spill = new Spill(folder);
  const drained: string[] = [];
  try {
    assert.equal(await spill.write([line({ message: 'before' })]), true);
    await assert.rejects(spill.write([line({ message: 'too large '.repeat(20_000) })]), /ENOSPC/);
    await spill.drain(async (lines) => void drained.push(...lines.map(({ message }) => message)));
    assert.equal(await spill.write([line({ message: 'first after' })]), true);
    await assert.rejects(spill.write([line({ message: 'too large '.repeat(20_000) })]), /ENOSPC/);
    // Somebody makes room, and nothing was sent meanwhile.
    execFileSync('mount', ['-o', 'remount,size=256k', folder]);
    assert.equal(await spill.write([line({ message: 'second after' })]), true);
    await spill.drain(async (lines) => void drained.push(...lines.map(({ message }) => message)));
    assert.deepEqual(drained, ['before', 'first after', 'second after']);
  } finally {
    execFileSync('umount', [folder]);
    await rm(folder, { recursive: true });
  }
});

test('a search that is out of time goes on where it was, also within a millisecond', async () => {
  const tenant = await app.tenant();
  const client = await tenant.signedIn('admin', 'Mia');
  const at = new Date(Date.now() - minute).toISOString();
  const lines = Array.from({ length: 60 }, (_, i) =>
    line({ tenant_id: tenant.tenant_id, at, message: i % 3 === 0 ? `crowded ${i}` : `other ${i}` }),
  );
  await store(lines);
  // No time at all, few lines at once, and no index that leaves fewer.
  for (const [name, changes] of [
    ['app.search_log', { "'250 milliseconds'": "'-1 seconds'", ':= 10000;': ':= 10;' }],
    ['app.log_driver', { ':= 5000;': ':= 5;' }],
  ] as const) {
    const [{ text }] = (await rows('select pg_get_functiondef($1::regproc) as text', [name])) as [{ text: string }];
    const changed = Object.entries(changes).reduce((body, [from, to]) => {
      assert.ok(body.includes(from), `${name} has ${from}`);
      return body.replace(from, to);
    }, text);
    await rows(`set role holdfast_system; ${changed}; reset role`);
  }
  const found: string[] = [];
  let cursor: string | null = '';
  for (let page = 0; page < 60 && cursor !== null; page++) {
    const filter = { text: 'crowded', limit: 100, ...(cursor && { cursor }) };
    const { status, body } = await client('GET', `/api/v1/log-lines?${query(filter)}`);
    assert.equal(status, 200, JSON.stringify(body));
    found.push(...body.data.map(({ message }: LogLine) => message));
    cursor = body.next_cursor;
  }
  assert.equal(cursor, null, 'each answer comes further');
  const wanted = lines.map(({ message }) => message).filter((message) => message.startsWith('crowded'));
  assert.deepEqual(found.sort(), wanted.sort());
});
