import type { Services } from '../../kernel/services.ts';
import { system_tenant_id, systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { dataKeys } from '../../kernel/vault/data-keys.ts';
import { firingInWords } from '../alerts/service.ts';
import { lossOfDay } from '../backup/loss.ts';
import type { BackupStatus } from '../backup/status.ts';
import { certificateFinding } from '../certificates/service.ts';
import { clockFinding } from '../health/clock.ts';
import { deletionFinding } from '../health/deletion.ts';
import {
  backupFinding,
  boundedFinding,
  copyFinding,
  database_advice,
  diskFinding,
  type Finding,
  feedFinding,
  isUrgent,
  jobFinding,
  logFinding,
  logStoreFinding,
  settingsFinding,
  workerFinding,
} from '../health/findings.ts';
import { keyFinding } from '../health/keys.ts';
import { checkReadiness } from '../health/routes.ts';
import { storedFilesFinding } from '../health/stored-files.ts';
import { traceFinding } from '../health/traces.ts';
import { readProcesses } from '../nodes/queries.ts';
import { configurationFinding, versionFinding } from '../nodes/service.ts';
import { scheduleFinding } from '../schedules/service.ts';
import { roomFinding } from '../storage/service.ts';
import type { InstallationStatus } from './contract.ts';
import { countConnections } from './queries.ts';

const advice: Record<'database' | 'requests' | 'storage' | 'cache', string> = {
  database: database_advice,
  requests:
    'The database answers, and does not let the application work: its role cannot sign in, or may not read. Run: holdfast doctor.',
  storage: 'Look whether the file store answers: the data directory, or S3_ENDPOINT.',
  cache: 'Holdfast works without Redis, more slowly. Check REDIS_URL and the server.',
};

/**
 * When several are not well, the first of these is named first: it hurts most, or is the cause of others. Others
 * follow; alerts mostly say the same again.
 */
const worst_first = [
  'database',
  'requests',
  'disk',
  'storage',
  'files',
  'deletion',
  'backups',
  'worker',
  'keys',
  'certificates',
  'room',
];
const rank = (found: Finding): number => (isUrgent(found) ? 0 : found.ok ? 2 : 1);
function worse({ check }: Finding): number {
  if (check === 'alerts') return worst_first.length + 1;
  const at = worst_first.indexOf(check);
  return at < 0 ? worst_first.length : at;
}

/** What was found about each part, those that are not well first. */
export async function findAll(
  services: Pick<
    Services,
    'config' | 'db' | 'files' | 'cache' | 'keyRing' | 'logStore' | 'tracing' | 'outgoing' | 'secrets'
  >,
  readBackups: () => Promise<BackupStatus>,
): Promise<Finding[]> {
  const { config, db } = services;
  const processes = readProcesses(db);
  const [ready, ...others] = await Promise.all([
    checkReadiness(services),
    boundedFinding('worker', async () => workerFinding(await countConnections(db, 'worker'))),
    boundedFinding('jobs', () => jobFinding(db)),
    boundedFinding('files', () => storedFilesFinding(db, services.files)),
    boundedFinding('clock', () => clockFinding(db)),
    boundedFinding('feed', () => feedFinding(db)),
    boundedFinding('backups', async () => backupFinding(await readBackups())),
    boundedFinding('disk', () => diskFinding(config)),
    boundedFinding('logs', () => logFinding(config)),
    ...(config.MONGODB_URL ? [boundedFinding('log store', () => logStoreFinding(services.logStore, config))] : []),
    boundedFinding('alerts', () => alertFinding(db)),
    boundedFinding('schedules', () => scheduleFinding(db)),
    boundedFinding('deletion', () => deletionFinding(db)),
    boundedFinding('keys', () =>
      keyFinding(db, { keyRing: services.keyRing, damaged: dataKeys(services).damagedCount }),
    ),
    boundedFinding('certificates', () => certificateFinding(db)),
    boundedFinding('room', () => roomFinding(db)),
    boundedFinding('versions', async () => versionFinding(await processes)),
    boundedFinding('configuration', async () => configurationFinding(await processes)),
    settingsFinding(config, services.secrets),
    ...(services.outgoing.isCopy ? [boundedFinding('copy', () => copyFinding(db))] : []),
  ]);
  const needed = (['database', 'requests', 'storage', 'cache'] as const).map((check): Finding => {
    const { ok: serves, ms, detail } = ready[check]!;
    // A remark says what is not well, though requests are served.
    const ok = serves && detail === null;
    const severity = check === 'cache' || serves ? 'ticket' : 'page';
    return { check, ok, severity, detail: detail ?? `Answers within ${Math.max(1, ms)} ms`, advice: advice[check] };
  });
  const traces = traceFinding(config, services.tracing);
  return [...needed, ...others, ...(traces ? [traces] : [])].sort((a, b) => rank(a) - rank(b) || worse(a) - worse(b));
}

async function alertFinding(db: Services['db']): Promise<Finding> {
  const firing = await withContext(db, systemActor(system_tenant_id), firingInWords, { mode: 'read' });
  const all = firing.map(({ message }) => message).join('; ');
  return {
    check: 'alerts',
    ok: firing.length === 0,
    severity: firing.some(({ severity }) => severity === 'page') ? 'page' : 'ticket',
    detail: firing.length === 0 ? 'No alert is firing' : `Firing: ${all}`,
    advice: 'The page Alerts says what to do.',
  };
}

export function recoveryOf(
  { kind, backups, last_proven, shipping }: BackupStatus,
  now = Date.now(),
): InstallationStatus['recovery'] {
  if (!last_proven) return null;
  return {
    proven_at: last_proven.began_at,
    seconds: last_proven.recovery_seconds,
    loss_seconds_max: lossOf(kind, { backups, last_proven, shipping, now }),
  };
}

function lossOf(
  kind: BackupStatus['kind'],
  { backups, last_proven, shipping, now }: Pick<BackupStatus, 'backups' | 'last_proven' | 'shipping'> & { now: number },
): number | null {
  // Measured, it also shows a store that is slow or away.
  if (kind === 'base') return shipping?.loss ? lossOfDay(shipping.loss, now) : null;
  if (shipping && !shipping.active) return null;
  if (shipping?.archived_at) return Math.max(0, Math.ceil((now - Date.parse(shipping.archived_at)) / 1_000));
  return sinceLast({ backups, last_proven }, now);
}

/** No log follows a logical backup: what came after the moment of the newest that can be had back would be lost. */
const sinceLast = ({ backups, last_proven }: Pick<BackupStatus, 'backups' | 'last_proven'>, now: number) => {
  const proven = backups.find(({ proof }) => proof?.passed);
  // Where only a single second is proven, that one.
  const at = proven?.backup.at ?? last_proven?.at;
  return at === undefined ? null : Math.max(0, Math.ceil((now - Date.parse(at)) / 1_000));
};
