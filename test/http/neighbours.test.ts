import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { type Client, client, startTestApp, type TestApp } from '../harness/app.ts';
import { testKey } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { type HoldfastProcess, startProcess } from '../harness/process.ts';

let app: TestApp;
let running: HoldfastProcess | undefined;
before(async () => {
  app = await startTestApp({ HOLDFAST_ROLE: 'web' });
});
after(async () => {
  await running?.stop();
  await app.stop();
});

/**
 * The program in a process of its own, with its worker. From then on the application of the test has no access to the
 * database.
 */
async function startProgram(): Promise<HoldfastProcess> {
  running = await startProcess([], {
    DATABASE_URL: app.database.ownerUrl,
    HOLDFAST_KEY: testKey(),
  });
  return running;
}

/**
 * What stands behind the name of a process or thread: its state, then its parent, and 15 further on by how much it lets
 * others go first.
 */
const fieldsOf = (stat: string) => {
  const text = readFileSync(stat, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
};
const nicenessOf = (pid: number) =>
  readdirSync(`/proc/${pid}/task`).map((thread) => Number(fieldsOf(`/proc/${pid}/task/${thread}/stat`)[16]));

function childOf(parent: number): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return Number(
    pids.find((pid) => {
      try {
        return Number(fieldsOf(`/proc/${pid}/stat`)[1]) === parent;
      } catch {
        return false; // It has ended meanwhile.
      }
    }),
  );
}

/** The processes of PostgreSQL that serve the program and let others go first. */
async function yieldingBackends(role: string, own: number): Promise<number> {
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  const { rows } = await owner.query(
    `select pid from pg_stat_activity where application_name = $1 and datname = current_database()`,
    [`holdfast-${role}`],
  );
  await owner.end();
  return rows.filter(({ pid }) => nicenessOf(pid)[0]! > own).length;
}

const contacts_thousands = 5;
const companies = 1_000;
const callers = 10;
const requests_per_caller = 3;
/** An answer is due within 6 s; the rest is for a machine that is busy with other things. */
const answer_ms_max = 12_000;
const neighbour_ms_max = 8_000;

/** Contacts with a colleague who is so: looked for by each contact anew, when the planner expects few. */
const colleague = (where: object) => ({ any: 'company', where: { any: 'contacts', where } });
const called = (text: string) => ({ field: 'given_name', op: 'contains', value: text });
const dear = (n: number) => {
  const filter = { or: ['zoe', 'ada', 'kim'].map((name) => colleague(colleague(called(`${name} ${n}`)))) };
  return `/api/v1/contacts?count=exact&filter=${encodeURIComponent(JSON.stringify(filter))}`;
};

async function withoutStatistics(): Promise<void> {
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  await owner.query('alter table contact set (autovacuum_enabled = off)');
  await owner.query('alter table company set (autovacuum_enabled = off)');
  await owner.end();
}

async function manyContacts(api: Client): Promise<void> {
  const data = Array.from({ length: companies }, (_, n) => ({ name: `Company ${n}` }));
  const made = await api('POST', '/api/v1/companies/bulk', { data });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const ids = made.body.data.map(({ id }: { id: string }) => id);
  for (let thousand = 0; thousand < contacts_thousands; thousand++) {
    const people = Array.from({ length: 1_000 }, (_, n) => ({
      given_name: `Name ${n}`,
      company_id: ids[(thousand * 1_000 + n) % companies],
    }));
    const stored = await api('POST', '/api/v1/contacts/bulk', { data: people });
    assert.equal(stored.status, 201, JSON.stringify(stored.body).slice(0, 500));
  }
}

async function timed(api: Client, method: string, path: string, body?: unknown) {
  const began = performance.now();
  const { status, body: answer } = await api(method, path, body);
  return { status, code: answer?.code as string | undefined, ms: performance.now() - began };
}

test('the dearest requests of one tenant keep no other waiting, and are answered or refused in time', {
  timeout: 120_000,
}, async () => {
  const greedy = await app.tenant();
  // As right after a large import: the planner has no statistics yet, and cannot tell what is dear.
  await withoutStatistics();
  await manyContacts((await greedy.as('admin')).api);
  const keys: string[] = [];
  for (let n = 0; n < callers; n++) keys.push((await greedy.as('admin', `caller-${n}`)).key);
  const { key: neighbourKey } = await (await app.tenant()).as('admin');
  const { url, pid } = await startProgram();
  const neighbour = client(url, neighbourKey);
  assert.equal((await timed(neighbour, 'GET', '/api/v1/contacts')).status, 200);

  const asked = keys.flatMap((key, n) =>
    Array.from({ length: requests_per_caller }, (_, m) => timed(client(url, key), 'GET', dear(n * 10 + m))),
  );
  let isOver = false;
  const all = Promise.all(asked).finally(() => {
    isOver = true;
  });
  const others: Awaited<ReturnType<typeof timed>>[] = [];
  while (!isOver) {
    others.push(await timed(neighbour, 'GET', '/api/v1/contacts'));
    others.push(await timed(neighbour, 'POST', '/api/v1/contacts', { given_name: `Other ${others.length}` }));
  }
  const answers = await all;
  assert.deepEqual(
    others.filter(({ status, ms }) => status >= 400 || ms > neighbour_ms_max),
    [],
  );
  const expected = new Set([undefined, 'query_timeout', 'busy', 'query_too_expensive']);
  assert.deepEqual(
    answers.filter(({ code, ms }) => !expected.has(code) || ms > answer_ms_max),
    [],
  );
  if (process.platform !== 'linux') return;
  // Tests may have a low priority themselves.
  const [own] = nicenessOf(pid);
  // The worker starts beside what the server answers already. Its consumers and jobs let requests go first, in
  // PostgreSQL as well.
  await eventually(async () => nicenessOf(childOf(pid)).every((niceness) => niceness > own!), 30_000);
  assert.ok((await yieldingBackends('web', own!)) > 0, 'Long reads run with the priority of short ones');
  await eventually(async () => (await yieldingBackends('worker', own!)) > 0, 30_000);
});
