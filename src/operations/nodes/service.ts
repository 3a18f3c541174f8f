import { settings } from '../../kernel/config/settings.ts';
import { isSecret, settingNames } from '../../kernel/config/sources.ts';
import type { Finding } from '../health/findings.ts';
import type { Configuration, ProcessList } from './contract.ts';
import { beat_ms } from './heartbeat.ts';
import type { ProcessRow, ToldSetting } from './queries.ts';

/** Three times in which it should have said something. */
const silent_seconds_max = (3 * beat_ms) / 1_000;
const commit_digits = 9;

/** What may be otherwise in each process. */
const ofProcess: ReadonlySet<string> = new Set([
  'HOLDFAST_ROLE',
  'HOST',
  'PORT',
  'HOLDFAST_DATA',
  'DATABASE_CONNECTIONS_MAX',
  'CACHE_MEGABYTES',
  'LOG_LEVEL',
  'METRICS_TOKEN',
  'TRUST_PROXY',
  'WORKER_SLOTS',
  'ALERTS_EVERY_SECONDS',
  'CLAMD_URL',
  'RATE_LIMIT_ADDRESS_PER_MINUTE',
  'RATE_LIMIT_CALLER_PER_MINUTE',
]);

const isAlive = ({ silent_seconds }: ProcessRow): boolean => silent_seconds <= silent_seconds_max;
const nameOf = ({ role, host, pid }: ProcessRow): string => `${role} ${host}:${pid}`;
const versionOf = ({ version, commit }: ProcessRow): string =>
  commit ? `${version} (${commit.slice(0, commit_digits)})` : version;

const versionsOf = (rows: readonly ProcessRow[]): string[] => [...new Set(rows.filter(isAlive).map(versionOf))].sort();

export function processesOf(rows: readonly ProcessRow[]): ProcessList {
  const data = rows.map((row) => ({
    id: row.id,
    host: row.host,
    pid: row.pid,
    role: row.role,
    version: row.version,
    commit: row.commit,
    node_version: row.node_version,
    address: row.address,
    started_at: row.started_at,
    seen_at: row.seen_at,
    alive: isAlive(row),
    memory_bytes: row.memory_bytes,
  }));
  return { data, versions: versionsOf(rows) };
}

const sameIn = ({ is_set, value, digest }: ToldSetting): string => JSON.stringify([is_set, value, digest]);

export function configurationOf(rows: readonly ProcessRow[]): Configuration {
  const alive = rows.filter(isAlive);
  const data = settingNames.map((name) => {
    const told = alive.flatMap((row) => {
      const setting = row.settings.find((each) => each.name === name);
      return setting ? [{ setting, process: nameOf(row) }] : [];
    });
    const groups = Map.groupBy(told, ({ setting }) =>
      JSON.stringify([sameIn(setting), setting.source, setting.origin]),
    );
    return {
      name,
      description: settings[name].description ?? '',
      secret: isSecret(name),
      values: [...groups.values()].map((group) => {
        const { is_set, value, source, origin } = group[0]!.setting;
        return { is_set, value, source, origin, processes: group.map(({ process }) => process) };
      }),
      differs: !ofProcess.has(name) && new Set(told.map(({ setting }) => sameIn(setting))).size > 1,
    };
  });
  const unread = Map.groupBy(
    alive.flatMap((row) => row.unread.map(({ name, meant }) => ({ name, meant, process: nameOf(row) }))),
    ({ name }) => name,
  );
  return {
    data,
    unread: [...unread.entries()].map(([name, of]) => ({
      name,
      meant: of[0]!.meant,
      processes: of.map(({ process }) => process),
    })),
  };
}

/** During a rolling update there are two for a while; a day later, one was forgotten. */
export function versionFinding(rows: readonly ProcessRow[]): Finding {
  const versions = versionsOf(rows);
  const all = versions.join(', ');
  return {
    check: 'versions',
    ok: versions.length <= 1,
    severity: 'ticket',
    detail:
      versions.length > 1
        ? `Processes of several versions run: ${all}`
        : versions.length === 1
          ? `All processes run ${all}`
          : 'No process has reported its version yet',
    advice:
      'During an update that is right. Otherwise restart those that were left behind; the page Configuration lists them.',
  };
}

export function configurationFinding(rows: readonly ProcessRow[]): Finding {
  const { data, unread } = configurationOf(rows);
  const different = data.filter(({ differs }) => differs).map(({ name }) => name);
  const base = { check: 'configuration', severity: 'ticket' } as const;
  const advice = 'The page Configuration says which process has what, and what a variable may have been meant to be.';
  if (different.length > 0) {
    const names = different.join(', ');
    return { ...base, ok: false, detail: `Processes are configured differently: ${names}`, advice };
  }
  if (unread.length > 0) {
    const names = unread.map(({ name }) => name).join(', ');
    return { ...base, ok: false, detail: `Unused variables: ${names}`, advice };
  }
  return { ...base, ok: true, detail: 'All processes are configured alike', advice };
}
