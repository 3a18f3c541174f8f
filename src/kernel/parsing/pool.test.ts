import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../../test/harness/eventually.ts';
import { Problem } from '../errors/problem.ts';
import { ParseError } from './parse-error.ts';
import { ParserPool } from './pool.ts';

const pools: ParserPool[] = [];
after(() => Promise.all(pools.map((pool) => pool.stop())));

function makePool({ slots = 2, perTenant = 1, idle_ms_max = 60_000 } = {}): ParserPool {
  const pool = new ParserPool({
    lane: { slots, perTenant, waitingPerTenant: 2, message: 'Wait.' },
    wait_ms_max: 30_000,
    heap_megabytes_max: 64,
    idle_ms_max,
  });
  pools.push(pool);
  return pool;
}

const moduleOf = (body: string) => new URL(`data:text/javascript,${encodeURIComponent(body)}`);
const tooSlow = { code: 'too_slow', message: 'Send less.' };
const tooLarge = { code: 'too_large', message: 'Send something smaller.' };

function parsersOf(pool: ParserPool, seconds_max = 1) {
  const parser = (body: string, seconds = seconds_max) =>
    pool.parser<(input: string) => string>({ module: moduleOf(body), seconds_max: seconds, tooSlow, tooLarge });
  return {
    echo: parser('export const parse = (input) => input'),
    hang: parser('export const parse = () => { for (;;); }'),
    backtrack: parser('export const parse = () => /^(a+)+$/.test("a".repeat(60) + "b")'),
    // Six times what it may have, and no more: without a limit it would be done.
    fill: parser(
      'export const parse = () => Array.from({ length: 50_000 }, () => new Array(1000).fill({})).length',
      60,
    ),
    crash: parser('export const parse = () => process.kill(process.pid, "SIGSEGV")'),
    fail: parser('export const parse = () => { throw Object.assign(new Error("no room"), { code: "ENOSPC" }); }'),
    missing: parser('import "data:text/javascript,throw new Error(`does not load`)"'),
  };
}

const by = (tenant: string) => ({ tenant, caller: 'ada' });

/** The longest that the event loop was away. */
async function lagDuring(work: Promise<unknown>): Promise<number> {
  let isOver = false;
  let worst = 0;
  work.finally(() => {
    isOver = true;
  }).catch(() => {}); // biome-ignore format: one chain
  while (!isOver) {
    const before = performance.now();
    await sleep(5);
    worst = Math.max(worst, performance.now() - before - 5);
  }
  return worst;
}

test('what hangs or fills the memory is ended and says what to do, the event loop goes on, and the next is read', async () => {
  const { echo, hang, backtrack, fill, crash, fail, missing } = parsersOf(makePool());
  for (const [parser, expected] of [[hang, tooSlow], [backtrack, tooSlow], [fill, tooLarge], [crash, tooLarge]] as const) {
    const began = performance.now();
    const read = parser('', by('a'));
    const lag = await lagDuring(read);
    await assert.rejects(read, (error) => {
      assert.ok(error instanceof ParseError);
      assert.deepEqual({ code: error.code, message: error.message }, expected);
      return true;
    });
    assert.ok(lag < 2_000, `the event loop was away for ${lag} ms`);
    assert.ok(performance.now() - began < 20_000);
    assert.equal(await echo('next', by('a')), 'next');
  } // biome-ignore format: a table
  await assert.rejects(fail('', by('a')), { message: 'no room', code: 'ENOSPC' });
  await assert.rejects(missing('', by('a')), { message: 'does not load' });
});

test('a workspace whose texts hang keeps no other from being read, and no more than a few of its own wait', async () => {
  const { echo, hang } = parsersOf(makePool());
  const hanging = Array.from({ length: 4 }, () => hang('', by('a')));
  const ends = Promise.allSettled(hanging);
  assert.equal(await echo('of another', by('b')), 'of another');
  const outcomes = (await ends).map((one) => (one.status === 'rejected' ? one.reason : one.value));
  assert.deepEqual(
    outcomes.map((error) => (error instanceof Problem ? error.status : error.code)),
    ['too_slow', 'too_slow', 'too_slow', 503],
  );
});

test('processes start when they are needed, serve one after the other, and are let go when nothing comes', async () => {
  const pool = makePool({ idle_ms_max: 300 });
  const { echo } = parsersOf(pool);
  assert.equal(pool.size, 0);
  await echo('one', by('a'));
  await echo('two', by('b'));
  assert.equal(pool.size, 1);
  await eventually(async () => pool.size === 0);
  assert.equal(await echo('three', by('a')), 'three');
});

test('who waits when the server stops is told so, and nothing waits for what hangs', async () => {
  const pool = makePool();
  const { hang } = parsersOf(pool, 300);
  const waiting = Promise.allSettled(['a', 'a', 'b'].map((tenant) => hang('', by(tenant))));
  await eventually(async () => pool.size === 2);
  const began = performance.now();
  await pool.stop();
  for (const one of await waiting)
    assert.ok(one.status === 'rejected' && one.reason instanceof Problem && one.reason.status === 503);
  assert.ok(performance.now() - began < 3_000);
});

test('a stream goes through a process; where its source or its reader fails, that is what one hears', async () => {
  const pool = makePool();
  const module = moduleOf(`export async function* convert(refuses, source) {
    for await (const bytes of source) {
      if (refuses) throw new Error('cannot be read');
      const text = Buffer.from(bytes).toString();
      yield text + text;
    }
  }`);
  const convert = pool.converter<(refuses: boolean, source: AsyncIterable<Uint8Array>) => AsyncIterable<string>>({
    module,
    seconds_max: 60,
    tooSlow,
    tooLarge,
  });
  const pieces = Array.from({ length: 500 }, () => Buffer.alloc(5_000, 'a'));
  const through = (source: Iterable<Buffer> | AsyncIterable<Buffer>, refuses = false) =>
    text(convert(refuses, by('a'), Readable.from(source)));
  assert.equal((await through(pieces)).length, 2 * 500 * 5_000);
  async function* broken() {
    yield pieces[0]!;
    throw new Error('the disk fails');
  }
  await assert.rejects(through(broken()), { message: 'the disk fails' });
  await assert.rejects(through(pieces, true));
  for await (const _ of convert(false, by('a'), Readable.from(pieces))) break;
  assert.equal((await through(pieces)).length, 2 * 500 * 5_000);
});

test('a process that hangs ends with the one that started it', async () => {
  const script = `import { ParserPool } from '${new URL('./pool.ts', import.meta.url).href}';
    const pool = new ParserPool({ lane: { slots: 1, message: '' }, wait_ms_max: 0, heap_megabytes_max: 64, idle_ms_max: 0 });
    const module = new URL('data:text/javascript,export const parse = () => { console.log(1); for (;;); }');
    const hang = pool.parser({ module, seconds_max: 600, tooSlow: {}, tooLarge: {} });
    void hang('', { tenant: 'a', caller: 'ada' });
    setInterval(() => {}, 1_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  const parsers = () =>
    spawnSync('ps', ['-o', 'pid=', '--ppid', String(child.pid)], { encoding: 'utf8' }).stdout.trim();
  const pid = Number(await eventually(async () => parsers()));
  child.kill('SIGKILL');
  // Whoever adopts it may leave it a zombie.
  const state = () => spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  await eventually(async () => state() === '' || state().startsWith('Z'));
});
