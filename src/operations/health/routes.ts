import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { sql } from '../../kernel/database/database.ts';
import { type FileStore, probe } from '../../kernel/files/file-store.ts';
import { tiersOf } from '../../kernel/files/tiered-store.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import type { Services } from '../../kernel/services.ts';
import { missingKeys, missingKeysText, readKnownKeys } from '../../kernel/vault/missing-keys.ts';
import { feedTroubles } from './feed-troubles.ts';
import { jobTroubles } from './job-troubles.ts';
import { checkServing } from './serves.ts';

const checkAnswer = z.object({ ok: z.boolean(), ms: z.number(), limit_ms: z.number(), detail: z.string().nullable() });
const readiness = z.object({ ok: z.boolean(), checks: z.record(z.string(), checkAnswer) });
type CheckAnswer = z.infer<typeof checkAnswer>;

interface Check {
  limitMs: number;
  /** A text is a remark, for whoever looks. */
  run: () => Promise<unknown>;
}

/**
 * What is told beside: requests can be served all the same, also while nobody can be asked about it, as when a
 * migration has the table.
 */
const remarks: ReadonlySet<string> = new Set(['queue', 'feed', 'keys']);
const isReady = (checks: Record<string, CheckAnswer>): boolean =>
  Object.entries(checks).every(([name, { ok }]) => ok || remarks.has(name));

/**
 * Remarks that are being asked for. Whoever asks every second would otherwise take connection after connection while
 * one waits for a lock.
 */
const asked = new WeakMap<Services['db'], Map<string, Promise<unknown>>>();

function askOnce(db: Services['db'], name: string, ask: () => Promise<unknown>): Promise<unknown> {
  const ofDatabase = asked.get(db) ?? new Map<string, Promise<unknown>>();
  asked.set(db, ofDatabase);
  const answer = ofDatabase.get(name) ?? ask().finally(() => ofDatabase.delete(name));
  ofDatabase.set(name, answer);
  return answer;
}

/** Asks all that requests need, each within its own time. */
export async function checkReadiness({
  db,
  files,
  cache,
  keyRing,
}: Pick<Services, 'db' | 'files' | 'cache' | 'keyRing'>): Promise<Record<string, CheckAnswer>> {
  const checks: Record<string, Check> = {
    database: { limitMs: 250, run: () => db.call(sql`select 1`) },
    requests: { limitMs: 2_000, run: () => checkServing(db) },
    queue: { limitMs: 500, run: () => askOnce(db, 'queue', () => jobTroubles(db)) },
    feed: { limitMs: 1_000, run: () => askOnce(db, 'feed', async () => (await feedTroubles(db)).join('; ')) },
    keys: { limitMs: 1_000, run: () => askOnce(db, 'keys', () => refuseMissingKeys(db, keyRing)) },
    storage: { limitMs: 2_000, run: () => probeStores(files) },
    cache: { limitMs: 500, run: () => cache.get('health') },
  };
  return Object.fromEntries(
    await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await timed(check)] as const)),
  );
}

/** What a check found, in words for whoever asks: it names nothing that a stranger may not know. */
class NotWell extends Error {}

/**
 * A server that lacks a key answers what needs none. Sent away from all of those that lack it, requests would have no
 * server.
 */
async function refuseMissingKeys(db: Services['db'], keyRing: Services['keyRing']): Promise<void> {
  const missing = missingKeys(await readKnownKeys(db), keyRing);
  if (missing.length > 0)
    throw new NotWell(`${missingKeysText(missing)}. Give it the missing key: docs/operating/keys.md`);
}

const older_ms_max = 1_000;

/**
 * What is uploaded, and read most, is in the first store. Without another only older files cannot be read: no reason to
 * send requests elsewhere.
 */
async function probeStores(files: FileStore): Promise<string> {
  const { hot, ...older } = tiersOf(files);
  const away = Object.entries(older).map(async ([tier, store]) => {
    const answers = await Promise.race([
      probe(store).then(
        () => true,
        () => false,
      ),
      sleep(older_ms_max, false, { ref: false }),
    ]);
    return answers ? [] : [`The ${tier} store does not answer: files in it cannot be read`];
  });
  const [remarks] = await Promise.all([Promise.all(away), probe(hot)]);
  return remarks.flat().join('; ');
}

/** `live`: the process answers. `ready`: what it needs answers too. */
export function healthRoutes(services: Services): Route[] {
  const shared = { method: 'GET', access: 'public', tag: 'Health', transaction: false } as const;
  return [
    route({
      ...shared,
      path: '/api/health/live',
      summary: 'Whether the process answers',
      response: z.object({ ok: z.boolean() }),
      handler: async () => ({ body: { ok: true } }),
    }),
    route({
      ...shared,
      path: '/api/health/ready',
      summary: 'Whether everything it needs answers in time',
      response: readiness,
      handler: async () => {
        services.drain.asked();
        const checks: Record<string, CheckAnswer> = services.drain.isStopping
          ? { process: { ok: false, ms: 0, limit_ms: 0, detail: 'It is stopping' } }
          : await checkReadiness(services);
        const ok = isReady(checks);
        return { status: ok ? 200 : 503, body: { ok, checks } };
      },
    }),
  ];
}

async function timed({ limitMs, run }: Check): Promise<CheckAnswer> {
  const started = performance.now();
  const answer = (ok: boolean, detail: string | null): CheckAnswer => ({
    ok,
    ms: Math.round(performance.now() - started),
    limit_ms: limitMs,
    detail,
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<CheckAnswer>((resolve) => {
    timer = setTimeout(() => resolve(answer(false, `No answer within ${limitMs} ms`)), limitMs);
  });
  const done = run().then(
    (said) => answer(true, typeof said === 'string' && said ? said : null),
    // The cause is in the log; who is not signed in does not learn addresses from it.
    (error) => answer(false, error instanceof NotWell ? error.message : 'It does not answer'),
  );
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}
