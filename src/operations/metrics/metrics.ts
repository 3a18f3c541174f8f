import type { CacheStats } from '../../kernel/cache/cache.ts';
import type { PoolLoad } from '../../kernel/database/database.ts';
import { processMetrics } from '../../kernel/metrics/process.ts';
import { type Format, Registry, type Sample } from '../../kernel/metrics/registry.ts';
import { requestMetrics } from '../../kernel/metrics/requests.ts';
import type { Services } from '../../kernel/services.ts';
import { dataKeys } from '../../kernel/vault/data-keys.ts';
import type { MasterKeys } from '../../kernel/vault/master-key.ts';
import { recordTypes } from '../../modules/index.ts';
import { hasBackupStore } from '../backup/backup-store.ts';
import { feedFigures, jobFigures } from './background.ts';
import { backupFigures, lossFigures } from './backups.ts';
import { certificateFigures } from './certificates.ts';
import { type Ask, askOver, openFigures } from './connection.ts';
import { databaseFigures, type Source, sizeFigures } from './database.ts';
import { deletionFigures } from './deletion.ts';
import { diskFigures } from './disk.ts';
import { errorFigures } from './errors.ts';
import { figure } from './figure.ts';
import { keyFigures, rotationFigures } from './keys.ts';
import { logFigures } from './log.ts';
import { Part, type PartOptions } from './part.ts';
import { traceMetrics } from './traces.ts';

/** Half of what Prometheus gives a scrape by default would be five seconds. */
const wait_ms = 2_500;
const fresh_ms = { state: 10_000, shortest: 500, sizes: 60_000, backups: 300_000 };
const backups_wait_ms = 60_000;
/** Rendering takes some milliseconds of the event loop; whoever scrapes within this time gets the same text. */
const text_ms = 1_000;

interface Options {
  services: Services;
  /** The address of the database for the application's role. */
  databaseUrl: string;
  masterKeys: MasterKeys;
  version: string;
}

export type PartName =
  | 'database'
  | 'jobs'
  | 'feed'
  | 'sizes'
  | 'disk'
  | 'log'
  | 'errors'
  | 'certificates'
  | 'deletion'
  | 'keys'
  | 'rotation'
  | 'backups'
  | 'loss';

export interface Metrics {
  /** The figures of these parts, as new as a scrape would have them, and those of the process. */
  figures(parts: readonly PartName[]): Promise<Registry>;
  /** Over the connection of the figures, which is no pool that requests use up. */
  ask: Ask;
  /** All figures as Prometheus reads them. What does not answer in time is left out, and `holdfast_up` says so. */
  text(format: Format): Promise<string>;
  /** Counts what a server answers. */
  watch: ReturnType<typeof requestMetrics>;
  stop(): Promise<void>;
}

export function createMetrics({ services, databaseUrl, masterKeys, version }: Options): Metrics {
  const { config, cache, db, log } = services;
  const registry = new Registry();
  const build = { version, node: process.version };
  figure(registry, 'holdfast_build_info', 'The program; always 1')([[build, 1]]);
  const watch = requestMetrics(registry);
  const stopProcess = processMetrics(registry);
  poolMetrics(registry, () => db.load());
  cacheMetrics(registry, () => cache.stats());
  registry.counter(
    'holdfast_sealed_damaged_total',
    'How often this process met a sealed value or key that does not open, other than because a key is missing',
    () => dataKeys(services).damagedCount,
  );
  if (services.tracing) traceMetrics(registry, services.tracing);
  // A look at the alerts is never older than half of the time between two.
  const looks_ms = (config.ALERTS_EVERY_SECONDS * 1_000) / 2;
  const stateMs = looks_ms > 0 ? Math.max(fresh_ms.shortest, Math.min(fresh_ms.state, looks_ms)) : fresh_ms.state;
  const pool = openFigures(databaseUrl);
  const ask = askOver(pool);
  const part = <Reading>(
    name: PartName,
    source: Source<Reading>,
    options: Partial<PartOptions<Reading>> = {},
  ): Part<Reading> =>
    new Part({
      name,
      ...source,
      freshMs: stateMs,
      waitMs: wait_ms,
      failed: (error) => log.warn({ err: error, part: name }, 'figures for /metrics could not be read'),
      ...options,
    });
  const backups = backupFigures(registry, config, masterKeys);
  const loss = lossFigures(registry, config);
  const parts = [
    part('database', databaseFigures(registry, ask)),
    part('jobs', jobFigures(registry, ask)),
    part('feed', feedFigures(registry, ask)),
    part(
      'sizes',
      sizeFigures(
        registry,
        ask,
        recordTypes.map(({ resource }) => resource),
      ),
      { freshMs: fresh_ms.sizes },
    ),
    part('disk', diskFigures(registry, config.HOLDFAST_DATA)),
    part('log', logFigures(registry, config.HOLDFAST_DATA)),
    part('errors', errorFigures(registry, ask)),
    part('certificates', certificateFigures(registry, ask), { freshMs: fresh_ms.sizes }),
    part('deletion', deletionFigures(registry, ask)),
    part('keys', keyFigures(registry, ask, services.keyRing)),
    part('rotation', rotationFigures(registry, ask), { freshMs: Math.min(fresh_ms.sizes, 6 * stateMs) }),
    // Only our own log is sent on; of a database at DATABASE_URL another tool has it, or nobody. Where it was before,
    // and a start has no backup store any more, this is what tells.
    ...(config.DATABASE_URL ? [] : [part('loss', loss)]),
    ...(hasBackupStore(config)
      ? [part('backups', backups, { freshMs: fresh_ms.backups, waitMs: backups_wait_ms, inBackground: true })]
      : []),
  ];
  const up = figure(
    registry,
    'holdfast_up',
    'Whether the figures of a part could be read: 1, or 0, and then its figures are missing',
  );
  const refresh = async (wanted: readonly Pick<Part<unknown>, 'refresh'>[]) => {
    await Promise.all(wanted.map((each) => each.refresh()));
    up(parts.flatMap((each) => (each.up === undefined ? [] : [[{ part: each.name }, Number(each.up)]])));
  };
  const render = async (format: Format) => {
    await refresh(parts);
    return registry.text(format);
  };
  const rendered: Partial<Record<Format, { text: Promise<string>; at: number }>> = {};
  return {
    text: (format) => {
      const last = rendered[format];
      if (last && performance.now() - last.at <= text_ms) return last.text;
      const begun = { text: render(format), at: Number.POSITIVE_INFINITY };
      rendered[format] = begun;
      const ended = () => {
        begun.at = performance.now();
      };
      begun.text.then(ended, ended);
      return begun.text;
    },
    figures: async (names) => {
      await refresh(parts.filter(({ name }) => (names as readonly string[]).includes(name)));
      return registry;
    },
    ask,
    watch,
    stop: async () => {
      stopProcess();
      await pool.end();
    },
  };
}

function poolMetrics(registry: Registry, load: () => PoolLoad[]): void {
  const of = (name: string, help: string, key: keyof Omit<PoolLoad, 'pool'>) =>
    registry.add({
      name: `holdfast_pool_${name}`,
      help,
      type: 'gauge',
      read: () => load().map((each): Sample => [{ pool: each.pool }, each[key]]),
    });
  of('connections_max', 'Connections to the database that this process may have, by pool', 'max');
  of('connections', 'Connections that it has', 'open');
  of('connections_idle', 'Connections that nobody uses just now', 'idle');
  of('waiting', 'Who waits for a connection, or for a turn to get one', 'waiting');
}

function cacheMetrics(registry: Registry, stats: () => CacheStats): void {
  const of = (name: string, help: string, key: keyof CacheStats) =>
    registry.counter(`holdfast_cache_${name}_total`, help, () => stats()[key]);
  of('hits', 'Reads that the cache answered', 'hits');
  of('misses', 'Reads that it could not answer', 'misses');
  of('errors', 'Operations that Redis did not answer', 'errors');
}
