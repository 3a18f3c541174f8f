import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Caller, tableOfProperty } from '../fuzz/caller.ts';
import { type Operation, operationsOf } from '../fuzz/check.ts';
import type { Schema } from '../fuzz/generate.ts';
import { startTestApp, type TestApp, unlimited } from '../harness/app.ts';
import { testKey } from '../harness/cluster.ts';
import { type HoldfastProcess, startProcess } from '../harness/process.ts';
import { type Dimension, dimensions, largeAddresses, largeBody } from './bodies.ts';
import { largeFiles } from './files.ts';
import { Probe } from './probe.ts';

/**
 * Sends to every route, and as every format of imports, what is large in one dimension: as an administrator, as somebody without rights, and without
 * signing in. Meanwhile somebody of another workspace lists contacts, and waits hardly longer than usual; the sender gets an answer soon.
 */
const answer_ms_max = 5_000;
const others_ms_more = 100;
/** What takes longer on a machine that is busy otherwise is measured again, by itself. */
const tries_max = 5;
const at_once = 4;
/** What it takes a quiet machine to read a large body once; where it takes longer, everybody waits longer. */
const reading_ms_expected = 30;
const bodyToRead = JSON.stringify(Object.fromEntries(Array.from({ length: 60_000 }, (_, at) => [`unknown_${at}`, 1])));

interface Case {
  name: string;
  method: string;
  path: string;
  key: string | undefined;
  body: () => string | FormData | undefined;
}

let app: TestApp;
let web: HoldfastProcess;
let probe: Probe;
let admin: Caller;
let keys: { admin: string; viewer: string };

before(async () => {
  const key = { HOLDFAST_KEY: testKey() };
  app = await startTestApp({ ...unlimited, ...key, HOLDFAST_ROLE: 'web' });
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  await owner.query('set role holdfast_system');
  web = await startProcess(['--role', 'web'], { DATABASE_URL: app.database.ownerUrl, ...unlimited, ...key });
  const tenant = await app.tenant('large');
  admin = new Caller(app, tenant, 'Large');
  await admin.start(owner);
  await owner.end();
  keys = { admin: (await tenant.as('admin')).key, viewer: (await tenant.as('viewer')).key };
  const other = await (await app.tenant('other')).as('admin');
  probe = new Probe(`${web.url}/api/v1/contacts?limit=20`, { authorization: `Bearer ${other.key}` });
  probe.start();
});
after(async () => {
  await probe.stop();
  await web.kill();
  await app.stop();
});

/** Would end what the others need, or what they are sent with. */
const left_out = new Set(['patchTenantFeatures', 'deleteApiKeysId', 'deleteSession']);

async function send({ method, path, key }: Case, sent: string | FormData | undefined): Promise<number> {
  const response = await fetch(web.url + path, {
    method,
    redirect: 'manual',
    headers: {
      ...(key && { authorization: `Bearer ${key}` }),
      ...(typeof sent === 'string' && { 'content-type': 'application/json' }),
    },
    ...(sent !== undefined && { body: sent }),
    signal: AbortSignal.timeout(10 * answer_ms_max),
  });
  if (response.headers.get('content-type') === 'text/event-stream') await response.body?.cancel();
  else await response.arrayBuffer();
  return response.status;
}

/** What is wrong with how a request was answered, and others meanwhile; undefined when nothing is. */
async function breach(one: Case, { usual_ms, slowness }: Machine): Promise<string | undefined> {
  const body = one.body();
  // To make it may have kept this process busy.
  await probe.answered();
  const began = performance.now();
  const status = await send(one, body).catch((error: Error) => error);
  const ended = performance.now();
  await probe.answered();
  const others_ms = probe.worstBetween(began, performance.now());
  if (status instanceof Error) return `no answer: ${status.message}`;
  if (status === 500) return 'a server error';
  if (ended - began > answer_ms_max * slowness) return `answered ${status} after ${Math.round(ended - began)} ms`;
  const others_ms_max = 2 * usual_ms + others_ms_more * slowness;
  if (others_ms > others_ms_max)
    return `somebody else waited ${Math.round(others_ms)} ms, and usually ${Math.round(usual_ms)} ms`;
  return undefined;
}

interface Machine {
  usual_ms: number;
  /** How many times longer it takes for the same work than a quiet one. */
  slowness: number;
}

async function measureMachine(): Promise<Machine> {
  const usual_ms = await probe.usual();
  const began = performance.now();
  for (let times = 0; times < 5; times++) JSON.parse(bodyToRead);
  const reading_ms = (performance.now() - began) / 5;
  return { usual_ms, slowness: Math.max(1, reading_ms / reading_ms_expected) };
}

/** Sends all, a few at once. What seems to be a breach is measured again by itself, until it is none once: what a machine does otherwise passes. */
async function play(cases: readonly Case[]): Promise<string[]> {
  const began = performance.now();
  let suspects = [...cases];
  const counts: number[] = [];
  const found = new Map<Case, string>();
  for (let pass = 0; pass <= tries_max && suspects.length > 0; pass++) {
    const machine = await measureMachine();
    const queue = suspects;
    counts.push(queue.length);
    suspects = [];
    found.clear();
    const sendNext = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const what = await breach(next, machine);
        if (!what) continue;
        suspects.push(next);
        found.set(next, what);
      }
    };
    await Promise.all(Array.from({ length: pass === 0 ? at_once : 1 }, sendNext));
  }
  console.log(`large: sent ${counts.join(', then ')}, in ${Math.round((performance.now() - began) / 1000)} s`);
  return [...found].map(([{ name }, what]) => `${name}: ${what}`);
}

function addressOf(operation: Operation): string {
  return operation.path
    .split('/')
    .map((segment) => {
      const name = /^\{(\w+)\}$/.exec(segment)?.[1];
      if (!name) return segment;
      return admin.ids.get(tableOfProperty(name, operation.path))?.at(-1) ?? '0190a0a0-0000-7000-8000-000000000001';
    })
    .join('/');
}

/** Made when it is sent first, and kept for the other callers. */
function bodyOf(schema: Schema, dimension: Dimension, components: Record<string, Schema>): () => string {
  let body: string | undefined;
  return () => {
    body ??= largeBody(schema, dimension, components) ?? '{}';
    return body;
  };
}

function casesOf(operation: Operation, components: Record<string, Schema>): Case[] {
  const { method, body: schema } = operation;
  const path = addressOf(operation);
  const callers = Object.entries({ nobody: undefined, ...keys });
  if (!schema)
    return callers.flatMap(([who, key]) =>
      largeAddresses(operation, path)
        // Who may not read at all is refused before the address is read.
        .slice(0, who === 'admin' || operation.public ? undefined : 1)
        .map((address) => ({
          name: `${who} ${method} ${address.slice(0, 100)}`,
          method,
          path: address,
          key,
          body: () => undefined,
        })),
    );
  const possible = dimensions.filter((dimension) => dimension !== 'map' || largeBody(schema, 'map', components));
  const bodies = new Map(possible.map((dimension) => [dimension, bodyOf(schema, dimension, components)]));
  return callers.flatMap(([who, key]) =>
    possible
      .filter((dimension) => who === 'admin' || operation.public || dimension === 'keys' || dimension === 'nesting')
      .map((dimension) => ({
        name: `${who} ${method} ${path} ${dimension}`,
        method,
        path,
        key,
        body: bodies.get(dimension)!,
      })),
  );
}

test('no file that is large in one dimension keeps others from being answered', async () => {
  const files = await largeFiles();
  const cases = files.flatMap(([name, content]) =>
    Object.entries({ nobody: undefined, ...keys }).map(([who, key]) => ({
      name: `${who} ${name}`,
      method: 'POST',
      path: '/api/v1/imports',
      key,
      body: () => {
        const form = new FormData();
        form.append('file', new Blob([content as string]), name);
        return form;
      },
    })),
  );
  assert.deepEqual(await play(cases), []);
});

test('no request that is large in one dimension keeps others from being answered, whoever sends it', async () => {
  const document = (await app.client()('GET', '/api/openapi.json')).body;
  const components = document.components.schemas as Record<string, Schema>;
  const operations = operationsOf(document).filter(({ operationId }) => !left_out.has(operationId));
  assert.deepEqual(await play(operations.flatMap((operation) => casesOf(operation, components))), []);
});

/** The processes in which a server reads files. */
function parsersOf({ pid }: HoldfastProcess): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { encoding: 'utf8' });
  const lines = stdout.split('\n').filter((line) => line.includes('/kernel/parsing/process.ts'));
  return lines.map((line) => Number.parseInt(line, 10));
}

test('a server stops soon though a file is being read that its parser would not be done with for minutes', async (t) => {
  const form = new FormData();
  const card = `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada\r\n${'TEL:+49301234567\r\n'.repeat(1_000)}END:VCARD\r\n`;
  form.append('file', new Blob([card.repeat(3_000)]), 'many.vcf');
  const answer = fetch(`${web.url}/api/v1/imports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.admin}` },
    body: form,
  }).then(
    ({ status }) => status,
    () => 'closed',
  );
  const isRead = Promise.race([answer, sleep(2_000, 'is read')]);
  assert.equal(await isRead, 'is read', 'it takes longer than that');
  const parsers = parsersOf(web);
  assert.ok(parsers.length > 0);
  // However fast the machine is, they are at it until they are killed.
  for (const pid of parsers) process.kill(pid, 'SIGSTOP');
  t.after(() => {
    for (const pid of parsersOf(web)) process.kill(pid, 'SIGKILL');
  });
  await probe.stop();
  assert.equal(await web.stop('SIGTERM'), 0);
  assert.doesNotMatch(web.output(), /Stopping takes too long/);
  await answer;
});
