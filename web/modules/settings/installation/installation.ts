import type { z } from 'zod';
import type { AlertList, receiverList, ruleList } from '../../../../src/operations/alerts/contract.ts';
import type { CertificateList } from '../../../../src/operations/certificates/contract.ts';
import type {
  BackupList,
  InstallationStatus,
  OperatorJobList,
  operatorActionList,
  operatorList,
} from '../../../../src/operations/console/contract.ts';
import type { LifecycleReport } from '../../../../src/operations/lifecycle/contract.ts';
import type { Configuration, ProcessList } from '../../../../src/operations/nodes/contract.ts';
import type { ScheduleList } from '../../../../src/operations/schedules/contract.ts';
import type { StorageReport } from '../../../../src/operations/storage/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import type { FieldDef } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import { formatList, formatNumber, formatRelative } from '../../../ui/format.ts';

export const installationKey = 'installation';
/** How often an open page looks again. */
const every_ms = 10_000;

export const query = <Answer>(path: string) => ({
  queryKey: [installationKey, path],
  queryFn: ({ signal }: { signal: AbortSignal }) => api.get<Answer>(`/installation${path}`, {}, signal),
  refetchInterval: every_ms,
});

export const statusQuery = query<InstallationStatus>('');
export const backupsQuery = query<BackupList>('/backups');
export const jobsQuery = query<OperatorJobList>('/jobs');
export const actionsQuery = query<z.infer<typeof operatorActionList>>('/actions');
export const alertsQuery = query<AlertList>('/alerts');
export const receiversQuery = query<z.infer<typeof receiverList>>('/alert-receivers');
export const rulesQuery = query<z.infer<typeof ruleList>>('/alert-rules');
export const processesQuery = query<ProcessList>('/processes');
export const configurationQuery = query<Configuration>('/configuration');
export const storageQuery = query<StorageReport>('/storage');
export const certificatesQuery = query<CertificateList>('/certificates');
export const schedulesQuery = query<ScheduleList>('/schedules');
/** Counting what is past its time takes the database a while. */
export const lifecycleQuery = { ...query<LifecycleReport>('/lifecycle'), refetchInterval: 60_000 };

export const archiveSources: Record<LifecycleReport['archived'][number]['source'], string> = {
  audit_event: t('Audit trail'),
  record_history: t('Earlier values'),
};
export const operatorsQuery = query<z.infer<typeof operatorList>>('/operators');

/** Does something that is written down with its reason, and looks again. */
export async function operate<Answer = void>(path: string, body: Record<string, unknown>): Promise<Answer> {
  const answer = await api.post<Answer>(`/installation${path}`, body);
  await queryClient.invalidateQueries({ queryKey: [installationKey] });
  return answer;
}

export const reasonField: FieldDef = { key: 'reason', label: t('Reason'), kind: 'long_text', required: true };

const parts: Record<string, string> = {
  database: t('Database'),
  requests: t('Requests'),
  storage: t('File store'),
  cache: t('Cache'),
  worker: t('Worker'),
  jobs: t('Jobs'),
  feed: t('Change processing'),
  backups: t('Backups'),
  disk: t('Disk'),
  clock: t('Clock'),
  files: t('Files'),
  alerts: t('Alerts'),
  logs: t('Logs'),
  traces: t('Traces'),
  schedules: t('Schedules'),
  deletion: t('Deletion by age'),
  settings: t('Settings and secrets'),
  room: t('Disk forecast'),
  certificates: t('Certificates'),
  keys: t('Keys'),
  versions: t('Versions'),
  configuration: t('Configuration'),
  'log store': t('Store of the log'),
  copy: t('Pseudonymised copy'),
};
export const partName = (check: string): string => parts[check] ?? check;

/** Where more is said about a part, and something can be done about it: a page, and a place on it. */
const pages: Record<string, { section: string; hash?: string; label: string }> = {
  database: { section: 'database', label: t('Database') },
  requests: { section: 'database', label: t('Database') },
  storage: { section: 'configuration', label: t('Configuration') },
  cache: { section: 'configuration', label: t('Configuration') },
  worker: { section: 'configuration', label: t('Configuration') },
  jobs: { section: 'health', hash: 'jobs', label: t('Jobs') },
  feed: { section: 'installation-logs', label: t('Logs') },
  backups: { section: 'backups', label: t('Backups') },
  files: { section: 'configuration', label: t('Configuration') },
  disk: { section: 'health', hash: 'disk', label: t('Disk space') },
  errors: { section: 'errors', label: t('Errors') },
  alerts: { section: 'alerts', label: t('Alerts') },
  logs: { section: 'configuration', label: t('Configuration') },
  'log store': { section: 'configuration', label: t('Configuration') },
  traces: { section: 'configuration', label: t('Configuration') },
  schedules: { section: 'schedules', label: t('Schedules') },
  deletion: { section: 'lifecycle', label: t('Lifecycle') },
  settings: { section: 'configuration', label: t('Configuration') },
  keys: { section: 'configuration', label: t('Configuration') },
  room: { section: 'health', hash: 'disk', label: t('Disk space') },
  certificates: { section: 'configuration', hash: 'certificates', label: t('Certificates') },
  versions: { section: 'configuration', label: t('Configuration') },
  configuration: { section: 'configuration', label: t('Configuration') },
};
export const pageOf = (check: string) => pages[check];

/** Whoever did something is written down as “Ada <ada@example.com>, acme”. */
export const personOf = (who: string): string => who.replace(/ <[^<>]*>.*$/s, '');

/** A length of time in the largest unit that divides it: 26 hours, 21 days, 0.5 seconds. */
export function exactly(seconds: number): string {
  const [unit, length] = units.find(([, each]) => seconds > 0 && seconds % each === 0) ?? units.at(-1)!;
  return formatNumber(seconds / length, { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 3 });
}
const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** How long something takes, roughly. */
export const roughly = (seconds: number): string =>
  seconds < 100
    ? t('{seconds, plural, one {# second} other {# seconds}}', { seconds: Math.ceil(seconds) })
    : seconds < 7_200
      ? t('{minutes, plural, one {# minute} other {# minutes}}', { minutes: Math.round(seconds / 60) })
      : t('{hours, plural, one {# hour} other {# hours}}', { hours: Math.ceil(seconds / 3600) });

export type Found = InstallationStatus['findings'][number];
export const isUrgent = ({ ok, severity }: Found): boolean => !ok && severity === 'page';

/** Is it well, what is wrong, could it be had back, and how long would that take? */
export function sentencesOf({ findings, recovery }: InstallationStatus): {
  /** `waits`: something is not as it should be, and nobody has to get up for it. */
  mood: 'well' | 'waits' | 'bad';
  state: string;
  back: string;
  /** What is named first: the server has sorted by what hurts most. */
  worst: Found | undefined;
} {
  const bad = findings.filter(isUrgent);
  const waiting = findings.filter((found) => !found.ok && !isUrgent(found));
  const named = (of: Found[]) => ({ count: of.length, parts: formatList(of.map(({ check }) => partName(check))) });
  const state =
    bad.length > 0
      ? t('{count, plural, one {One part needs attention} other {# parts need attention}}: {parts}.', named(bad))
      : waiting.length > 0
        ? t(
            '{count, plural, one {One part can wait until morning} other {# parts can wait until morning}}: {parts}.',
            named(waiting),
          )
        : t('Every part that is checked is well.');
  return {
    mood: bad.length > 0 ? 'bad' : waiting.length > 0 ? 'waits' : 'well',
    state,
    back: backOf(recovery),
    worst: bad[0] ?? waiting[0],
  };
}

function backOf(recovery: InstallationStatus['recovery']): string {
  if (!recovery) return t('No proven restore is known: what is lost now may stay lost.');
  const { proven_at, seconds, loss_seconds_max } = recovery;
  const values = { when: formatRelative(proven_at), back: roughly(seconds) };
  if (loss_seconds_max === null)
    return t(
      'Last proven restore {when}, back in about {back}. What changes now is not sent to the backup store.',
      values,
    );
  return t('Last proven restore {when}; could lose at most {loss}; back in about {back}.', {
    ...values,
    loss: roughly(loss_seconds_max),
  });
}
