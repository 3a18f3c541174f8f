import {
  age,
  divide,
  type Expression,
  figure,
  growth,
  max,
  min,
  onlyInPrometheus,
  orElse,
  quantile,
  rate,
  times,
  until,
  whileMissing,
} from './expression.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

export interface Rule {
  name: string;
  /** `page` wakes somebody; `ticket` can wait for the morning. */
  severity: 'page' | 'ticket';
  measure: Expression;
  is: '>' | '<' | '==';
  threshold: number;
  /** For how long it has to hold before anybody is told. */
  forSeconds: number;
  /** Whose figures it reads: those of each process, of each that serves, of one on each machine, or those that are the same in all. */
  of: 'process' | 'server' | 'machine' | 'installation';
  /** Who evaluates it; by default both. */
  only?: 'prometheus' | 'holdfast';
  unit: 'count' | 'share' | 'duration' | 'bytes';
  /** The label that {1} stands for. */
  label?: string;
  /** What is wrong, in short. */
  message: string;
  /** {0} is the value. */
  detail: string;
  /** What to do. */
  advice: string;
}

/** How long a rule has to hold no longer before an alert ends: one that flaps is one alert. */
export const keep_seconds = 5 * minute;

const requests = 'holdfast_http_requests_total';
const seconds = 'holdfast_http_request_duration_seconds_bucket';
const perInstance = ['instance'];

/** The alerts of Holdfast itself; deploy/prometheus/rules.yml is made from them. */
export const rules: readonly Rule[] = [
  {
    name: 'HoldfastDown', severity: 'page', of: 'installation', only: 'prometheus', unit: 'count', label: 'instance',
    measure: onlyInPrometheus('up{job="holdfast"}'), is: '==', threshold: 0, forSeconds: 2 * minute,
    message: 'Holdfast does not answer',
    detail: 'Holdfast at {1} does not answer.',
    advice: 'Look at its log, and start it again; if it runs, check METRICS_TOKEN on both sides.',
  },
  {
    name: 'HoldfastNobodyServes', severity: 'page', of: 'installation', only: 'holdfast', unit: 'count',
    measure: max(figure('holdfast_connections_of_role', { role: 'web' })), is: '==', threshold: 0, forSeconds: 2 * minute,
    message: 'No process serves pages',
    detail: 'A worker runs, but no process that serves is connected to the database.',
    advice: 'Look at its log, and start it again.',
  },
  {
    name: 'HoldfastWorkerDown', severity: 'page', of: 'installation', unit: 'count',
    measure: max(figure('holdfast_connections_of_role', { role: 'worker' })), is: '==', threshold: 0, forSeconds: 2 * minute,
    message: 'No worker runs',
    detail: 'No worker is connected to the database: mail, imports, backups and change processing wait.',
    advice: 'Look at its log, and start one: HOLDFAST_ROLE=worker npm start',
  },
  {
    name: 'HoldfastDatabaseAway', severity: 'page', of: 'process', only: 'prometheus', unit: 'count', label: 'instance',
    measure: figure('holdfast_up', { part: 'database' }), is: '==', threshold: 0, forSeconds: minute,
    message: 'The database does not answer',
    detail: '{1} gets no answer from PostgreSQL within a second.',
    advice: 'Check that it runs and takes connections; run: holdfast doctor',
  },
  {
    name: 'HoldfastFiguresMissing', severity: 'ticket', of: 'installation', unit: 'count', label: 'part',
    measure: figure('holdfast_up', { part: { not: 'database' } }), is: '==', threshold: 0, forSeconds: 15 * minute,
    message: 'Figures cannot be read',
    detail: 'The figures of “{1}” cannot be read, so alerts over them are blind.',
    advice: 'The log says why.',
  },
  {
    name: 'HoldfastErrors', severity: 'page', of: 'server', unit: 'share', label: 'instance',
    measure: divide(rate(requests, { status: '5xx' }, 5, perInstance), rate(requests, {}, 5, perInstance)), is: '>', threshold: 0.02, forSeconds: 5 * minute,
    message: 'Requests fail',
    detail: '{0} of the requests to {1} fail.',
    advice: 'Look for level "error" in its log.',
  },
  {
    name: 'HoldfastSlow', severity: 'ticket', of: 'server', unit: 'duration', label: 'instance',
    measure: quantile(0.95, rate(seconds, {}, 5, ['instance', 'le'])), is: '>', threshold: 1, forSeconds: 10 * minute,
    message: 'Requests are slow',
    detail: 'One request in twenty to {1} takes more than {0}.',
    advice: 'See slow statements on the page Usage, and the load of both machines.',
  },
  {
    name: 'HoldfastPoolExhausted', severity: 'page', of: 'process', unit: 'count', label: 'instance',
    measure: figure('holdfast_pool_waiting', { pool: 'main' }), is: '>', threshold: 0, forSeconds: minute,
    message: 'Connections to the database are used up',
    detail: '{0} requests at {1} wait for a connection to the database.',
    advice: 'Look for long statements; if there are none, raise DATABASE_CONNECTIONS_MAX.',
  },
  {
    name: 'HoldfastServerConnections', severity: 'page', of: 'installation', unit: 'share',
    measure: divide(max(figure('holdfast_database_server_connections')), max(figure('holdfast_database_server_connections_max'))),
    is: '>', threshold: 0.9, forSeconds: 5 * minute,
    message: 'PostgreSQL is about to refuse connections',
    detail: 'PostgreSQL has {0} of the connections it takes.',
    advice: 'Close those of other programs, or raise max_connections.',
  },
  {
    name: 'HoldfastStatementLong', severity: 'ticket', of: 'installation', unit: 'duration',
    measure: max(figure('holdfast_database_longest_statement_seconds')), is: '>', threshold: 300, forSeconds: 0,
    message: 'A statement takes long',
    detail: 'A statement has run for {0}.',
    advice: 'Find it in pg_stat_activity, and end it with pg_cancel_backend when nobody needs it.',
  },
  {
    name: 'HoldfastTransactionLong', severity: 'ticket', of: 'installation', unit: 'duration',
    measure: max(figure('holdfast_database_longest_transaction_seconds')), is: '>', threshold: 1800, forSeconds: 0,
    message: 'A transaction stays open',
    detail: 'A transaction has been open for {0}, and vacuum cannot clean behind it.',
    advice: 'Find it in pg_stat_activity by xact_start.',
  },
  {
    name: 'HoldfastReplicationBehind', severity: 'page', of: 'installation', unit: 'duration',
    measure: max(figure('holdfast_replication_lag_seconds')), is: '>', threshold: 300, forSeconds: minute,
    message: 'A replica is behind',
    detail: 'A replica is {0} behind.',
    advice: 'Check its disk, its load and the network to it in pg_stat_replication.',
  },
  {
    name: 'HoldfastSlotHoldsLog', severity: 'page', of: 'installation', unit: 'bytes', label: 'kind',
    measure: max(figure('holdfast_replication_slot_lag_bytes', { kind: { not: 'backup' } }), ['kind']), is: '>', threshold: 5e9, forSeconds: 10 * minute,
    message: 'A replication slot fills the disk',
    detail: 'PostgreSQL keeps {0} of log for a {1} slot that does not read it.',
    advice: 'Bring its reader back or drop the slot, before the disk is full.',
  },
  {
    name: 'HoldfastLogNotInBackup', severity: 'page', of: 'installation', unit: 'bytes',
    measure: max(figure('holdfast_replication_slot_lag_bytes', { kind: 'backup' })), is: '>', threshold: 256e6, forSeconds: 10 * minute,
    message: 'Changes are not in the backup store',
    detail: '{0} of changes are not in the backup store and would be lost with the machine.',
    advice: 'Check that the store can be written and the worker runs.',
  },
  {
    name: 'HoldfastBackupBehind', severity: 'page', of: 'installation', unit: 'duration',
    measure: age(max(figure('holdfast_backup_durable_timestamp_seconds'))), is: '>', threshold: 5 * minute, forSeconds: minute,
    message: 'The newest changes are in no backup',
    detail: 'The changes of the last {0} are in no backup and would be lost with the machine.',
    advice: 'The page Backups says whether the store can be read, the log of the worker why it cannot be written.',
  },
  {
    name: 'HoldfastBackupLogGap', severity: 'page', of: 'installation', unit: 'count',
    measure: max(figure('holdfast_backup_log_gaps')), is: '>', threshold: 0, forSeconds: 0,
    message: 'Log of changes is missing in the backup store',
    detail: 'Log is missing in {0} places: what was changed since then cannot be had back until a full backup is made.',
    advice: 'Make one: holdfast backup now. The page Backups shows what can be restored.',
  },
  {
    name: 'HoldfastDiskFull', severity: 'page', of: 'machine', unit: 'share', label: 'instance',
    measure: min(divide(figure('holdfast_disk_free_bytes'), figure('holdfast_disk_size_bytes')), perInstance), is: '<', threshold: 0.2, forSeconds: 5 * minute,
    message: 'The disk is almost full',
    detail: '{0} of the disk of the data directory at {1} is free.',
    advice: 'Make room or enlarge it; the page Database shows the largest tables.',
  },
  {
    name: 'HoldfastSignInsFail', severity: 'ticket', of: 'server', unit: 'count',
    measure: times(rate(requests, { route: /\/api\/v1\/sign-in.*/, method: 'POST', status: '4xx' }, 10), 600), is: '>', threshold: 100, forSeconds: 5 * minute,
    message: 'Many sign-ins fail',
    detail: '{0} sign-ins failed in ten minutes.',
    advice: 'Look in the log for where they come from, and block that at the proxy.',
  },
  {
    name: 'HoldfastBackupMissing', severity: 'page', of: 'installation', unit: 'count',
    measure: whileMissing(max(figure('holdfast_backup_configured')), max(figure('holdfast_up', { part: 'backups' })), max(figure('holdfast_backup_newest_timestamp_seconds'))),
    is: '==', threshold: 1, forSeconds: 6 * hour,
    message: 'There is no backup',
    detail: 'There is no backup in the backup store.',
    advice: 'Make one: holdfast backup now',
  },
  {
    name: 'HoldfastBackupOld', severity: 'page', of: 'installation', unit: 'duration',
    measure: age(max(figure('holdfast_backup_newest_timestamp_seconds'))), is: '>', threshold: 26 * hour, forSeconds: 15 * minute,
    message: 'The newest backup is old',
    detail: 'The newest backup is {0} old.',
    advice: 'See why the job "backup" failed: holdfast doctor; then: holdfast backup now',
  },
  {
    name: 'HoldfastBackupFailsProof', severity: 'page', of: 'installation', unit: 'count',
    measure: max(figure('holdfast_backup_last_proof_passed')), is: '==', threshold: 0, forSeconds: 15 * minute,
    message: 'A restore on trial failed',
    detail: 'The newest backup, or a random second of what can be had back, was restored on trial, and something was wrong.',
    advice: 'The page Backups says what was wrong. Make a new backup there, or with holdfast backup now.',
  },
  {
    name: 'HoldfastBackupNotProven', severity: 'page', of: 'installation', unit: 'duration',
    measure: age(orElse(max(figure('holdfast_backup_proven_timestamp_seconds')), max(figure('holdfast_backup_oldest_timestamp_seconds')))), is: '>', threshold: 26 * hour, forSeconds: 15 * minute,
    message: 'No new backup is proven',
    detail: 'No backup was proven for {0}: nobody knows whether a newer one can be restored.',
    advice: 'The page Backups says what is wrong with it. Make a new one there, or with holdfast backup now.',
  },
  {
    name: 'HoldfastJobsWait', severity: 'page', of: 'installation', unit: 'duration',
    measure: max(figure('holdfast_job_oldest_waiting_seconds')), is: '>', threshold: 600, forSeconds: 5 * minute,
    message: 'Jobs wait',
    detail: 'A job has waited for {0}.',
    advice: 'Check that a worker runs; holdfast_jobs_of_kind says which kind there is too much of.',
  },
  {
    name: 'HoldfastJobsFail', severity: 'ticket', of: 'installation', unit: 'count',
    measure: growth(max(figure('holdfast_jobs', { state: 'failed' })), 1), is: '>', threshold: 10, forSeconds: 0,
    message: 'Jobs fail',
    detail: '{0} more jobs than an hour ago have failed for good.',
    advice: 'List them with their errors: holdfast jobs list --state failed',
  },
  {
    name: 'HoldfastJobsInDoubt', severity: 'ticket', of: 'installation', unit: 'count',
    measure: max(figure('holdfast_jobs', { state: 'in_doubt' })), is: '>', threshold: 0, forSeconds: 30 * minute,
    message: 'The outcome of jobs is in doubt',
    detail: 'Of {0} jobs nobody knows whether another system did what it was told.',
    advice: 'They are in: holdfast jobs list. Look in the other system, then: holdfast jobs resolve',
  },
  {
    name: 'HoldfastFeedBehind', severity: 'ticket', of: 'installation', unit: 'duration', label: 'consumer',
    measure: max(figure('holdfast_feed_lag_seconds'), ['consumer']), is: '>', threshold: 300, forSeconds: 5 * minute,
    message: 'Change processing is late',
    detail: 'The consumer {1} is {0} behind.',
    advice: 'Check that a worker runs; whether it fails, and why: holdfast feed list',
  },
  {
    name: 'HoldfastFeedSetAside', severity: 'ticket', of: 'installation', unit: 'count', label: 'consumer',
    measure: max(figure('holdfast_feed_set_aside'), ['consumer']), is: '>', threshold: 0, forSeconds: 15 * minute,
    message: 'Events were set aside',
    detail: '{1} could not handle {0} events and set them aside.',
    advice: 'Fix the cause, then try them again: holdfast feed retry',
  },
  {
    name: 'HoldfastCertificateEndsSoon', severity: 'ticket', of: 'installation', unit: 'duration', label: 'endpoint',
    measure: until(max(figure('holdfast_certificate_valid_until_timestamp_seconds'), ['endpoint'])), is: '<', threshold: 21 * day, forSeconds: 0,
    message: 'A certificate ends within three weeks',
    detail: 'The certificate of {1} ends in {0}.',
    advice: 'Renew it on that server; then run the check again on the page Schedules.',
  },
  {
    name: 'HoldfastCertificateEnds', severity: 'page', of: 'installation', unit: 'duration', label: 'endpoint',
    measure: until(max(figure('holdfast_certificate_valid_until_timestamp_seconds'), ['endpoint'])), is: '<', threshold: 7 * day, forSeconds: 0,
    message: 'A certificate ends within a week',
    detail: 'The certificate of {1} ends in {0}.',
    advice: 'Renew it on that server; then run the check again on the page Schedules.',
  },
  {
    name: 'HoldfastDeletionPaused', severity: 'page', of: 'installation', unit: 'duration',
    measure: until(max(figure('holdfast_deletion_paused_until_timestamp_seconds'))), is: '>', threshold: 0, forSeconds: 0,
    message: 'The clock may have been set ahead',
    detail: 'By the clock of the database much time went by at once. In {0} what is past its time is deleted.',
    advice: 'If that clock is wrong, set it right before then: what is deleted is gone for good. If it is right, there is nothing to do.',
  },
  {
    name: 'HoldfastErrorNew', severity: 'ticket', of: 'installation', unit: 'count',
    measure: max(figure('holdfast_errors_new')), is: '>', threshold: 0, forSeconds: 0,
    message: 'A new error happens',
    detail: 'Kinds of errors seen for the first time in the last ten minutes, or again after they were resolved: {0}.',
    advice: 'Look at the page Errors; resolve or ignore there what somebody deals with.',
  },
  {
    name: 'HoldfastSpansDropped', severity: 'ticket', of: 'process', unit: 'count', label: 'instance',
    measure: times(rate('holdfast_trace_spans_dropped_total', {}, 10, perInstance), 600), is: '>', threshold: 0, forSeconds: 0,
    message: 'Traces have gaps',
    detail: '{1} dropped {0} spans in ten minutes, so traces have gaps.',
    advice: 'Look whether the receiver of traces takes them: holdfast doctor. If it does, record fewer with OTEL_TRACES_SAMPLER_ARG.',
  },
  {
    name: 'HoldfastEventLoopBlocked', severity: 'ticket', of: 'process', unit: 'duration', label: 'instance',
    measure: figure('nodejs_eventloop_lag_p99_seconds'), is: '>', threshold: 0.5, forSeconds: 5 * minute,
    message: 'A process computes for too long',
    detail: '{1} is delayed by {0}.',
    advice: 'Add a process, or look for what computes in it for so long.',
  },
]; // biome-ignore format: one line of facts, then the words

/** Those that Holdfast evaluates itself. */
export const ownRules: readonly Rule[] = rules.filter(({ only }) => only !== 'prometheus');
export const ruleByName: ReadonlyMap<string, Rule> = new Map(rules.map((rule) => [rule.name, rule]));
