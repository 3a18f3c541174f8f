import { LRUCache } from 'lru-cache';
import { idParams } from '../../kernel/contract/resource.ts';
import { problems } from '../../kernel/errors/problem.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { confirmMaker } from '../../kernel/identity/index.ts';
import type { Schedule } from '../../kernel/jobs/schedule.ts';
import type { Services } from '../../kernel/services.ts';
import { type Actor, withContext } from '../../kernel/tenancy/context.ts';
import type { MasterKeys } from '../../kernel/vault/master-key.ts';
import { type CataloguedBackup, openOwnBackups } from '../backup/catalogue.ts';
import { backup_kind } from '../backup/jobs.ts';
import { backupPlace, restoreCommand, storedBytes } from '../backup/place.ts';
import type { Proof } from '../backup/prove.ts';
import { type BackupStatus, backupStatus } from '../backup/status.ts';
import { certificateRoute } from '../certificates/routes.ts';
import { nodeRoutes } from '../nodes/routes.ts';
import { scheduleRoutes } from '../schedules/routes.ts';
import { listSchedules } from '../schedules/service.ts';
import { storageRoute } from '../storage/routes.ts';
import {
  type BackupList,
  backupList,
  installationStatus,
  newOperator,
  type OperatorJobList,
  operatorActionList,
  operatorGranted,
  operatorJobList,
  operatorList,
  operatorReason,
  operatorRemoval,
} from './contract.ts';
import { databaseRoutes } from './database/routes.ts';
import {
  enqueueAsOperator,
  grantOperator,
  listOperatorActions,
  listOperatorJobs,
  listOperators,
  readJobCounts,
  retryAnyJob,
  revokeOperator,
} from './queries.ts';
import { findAll, recoveryOf } from './status.ts';

/** The backup store is read at most this often for the page, however many look at it. */
const backups_ms = 15_000;
/** And each object of it is added up at most this often: of files there may be many. */
const sizes_ms = 10 * 60_000;

interface Options {
  services: Services;
  masterKeys: MasterKeys;
  version: string;
  schedules: readonly Schedule[];
}

/** The operator's console: how the installation is, and what can be done about it. */
export function consoleRoutes({ services, masterKeys, version, schedules }: Options): Route[] {
  const { config, db } = services;
  const backups = new LRUCache<'status', BackupStatus>({
    max: 1,
    ttl: backups_ms,
    fetchMethod: () => backupStatus(config, masterKeys, db),
  });
  const readBackups = () => backups.forceFetch('status');
  const sizes = new LRUCache<'bytes', { bytes: number }>({
    max: 1,
    ttl: sizes_ms,
    fetchMethod: async () => {
      const store = await openOwnBackups(config, masterKeys);
      if (!store) return undefined;
      return { bytes: await storedBytes(store).finally(() => store.store.close()) };
    },
  });
  const readStore = async (actor: Actor): Promise<BackupList['store']> => {
    const place = await backupPlace(config);
    if (!place) return null;
    const ofBackups = schedules.filter(({ name }) => name === backup_kind);
    const [size, [planned]] = await Promise.all([
      sizes.fetch('bytes'),
      withContext(db, actor, (ctx) => listSchedules(ctx, ofBackups), { mode: 'read' }),
    ]);
    const next_at = planned?.paused ? null : (planned?.next_at ?? null);
    return { ...place, stored_bytes: size?.bytes ?? null, next_at, restore_command: restoreCommand(config) };
  };
  const shared = { tag: 'Installation', access: 'operator' } as const;
  return [
    route({
      ...shared,
      method: 'GET',
      path: '/api/v1/installation',
      summary: 'How the parts of the installation are, and how well it could be had back',
      response: installationStatus,
      transaction: false,
      handler: async ({ actor }) => {
        const [findings, jobs, recovery] = await Promise.all([
          findAll(services, readBackups),
          withContext(db, actor!, readJobCounts, { mode: 'read' }),
          // That they cannot be read is among the findings.
          readBackups().then(
            (status) => recoveryOf(status),
            () => null,
          ),
        ]);
        return {
          body: {
            version,
            at: new Date().toISOString(),
            findings: findings.map(({ advice = null, severity = 'page', ...found }) => ({
              ...found,
              advice,
              severity,
            })),
            recovery,
            jobs,
          },
        };
      },
    }),
    route({
      ...shared,
      method: 'GET',
      path: '/api/v1/installation/backups',
      summary: 'The newest backups, and whether a restore of each was tried and was well',
      response: backupList,
      transaction: false,
      handler: async ({ actor }) => {
        const { state, kind, backups, unreadable, time_proofs, archive } = await readBackups();
        const gaps = (archive?.gaps ?? []).map(({ from, until }) => ({ from, until }));
        const ranges = archive?.ranges ?? [];
        const times = time_proofs.map((one) => ({ id: one.id, second: one.at, backup: one.backup, ...proofView(one) }));
        return {
          body: {
            state,
            kind,
            data: backups.map(viewOf),
            unreadable,
            store: await readStore(actor!),
            gaps,
            ranges,
            time_proofs: times,
          } satisfies BackupList,
        };
      },
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/api/v1/installation/backups',
      summary: 'Make a backup and prove it, in the background',
      body: operatorReason,
      status: 202,
      handler: async (ctx, { body }) => {
        await enqueueAsOperator(ctx, backup_kind, body.reason);
        return {};
      },
    }),
    route({
      ...shared,
      method: 'GET',
      path: '/api/v1/installation/jobs',
      summary: 'Jobs of all workspaces that failed, are in doubt or run',
      response: operatorJobList,
      handler: async (ctx) => ({
        body: { counts: await readJobCounts(ctx), data: await listOperatorJobs(ctx) } satisfies OperatorJobList,
      }),
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/api/v1/installation/jobs/{id}/retry',
      summary: 'Run a failed job of any workspace again, or look up one in doubt',
      params: idParams,
      body: operatorReason,
      status: 204,
      handler: async (ctx, { params, body }) => {
        if (!(await retryAnyJob(ctx, params.id, body.reason)))
          throw problems.conflict('Only a failed job, or one in doubt, runs again. Reload the list.');
        return {};
      },
    }),
    route({
      ...shared,
      method: 'GET',
      path: '/api/v1/installation/actions',
      summary: 'What operators did, the latest first',
      response: operatorActionList,
      handler: async (ctx) => ({ body: { data: await listOperatorActions(ctx) } }),
    }),
    route({
      ...shared,
      method: 'GET',
      path: '/api/v1/installation/operators',
      summary: 'Who looks after the installation',
      response: operatorList,
      handler: async (ctx) => ({ body: { data: await listOperators(ctx) } }),
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/api/v1/installation/operators',
      summary: 'Make a member of a workspace an operator',
      body: newOperator,
      response: operatorGranted,
      status: 200,
      handler: async (ctx, { body }) => {
        await confirmMaker(ctx, services.cache);
        const dropped = await grantOperator(ctx, body);
        if (!dropped) throw problems.conflict('No member of this workspace signs in with this address.');
        return { body: { dropped } };
      },
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/api/v1/installation/operators/removals',
      summary: 'Take that from somebody; never from the last',
      body: operatorRemoval,
      status: 204,
      handler: async (ctx, { body }) => {
        await confirmMaker(ctx, services.cache);
        const outcome = await revokeOperator(ctx, body);
        if (outcome === 'last')
          throw problems.conflict('Nobody would be left who operates the installation. Name another first.');
        if (outcome === 'none') throw problems.notFound();
        return {};
      },
    }),
    ...databaseRoutes,
    ...scheduleRoutes(schedules),
    ...nodeRoutes,
    storageRoute(services),
    certificateRoute(db),
  ];
}

function viewOf({ backup, proof }: CataloguedBackup): BackupList['data'][number] {
  return {
    id: backup.id,
    at: backup.at,
    version: backup.version,
    database_bytes: backup.cluster_bytes,
    stored_bytes: backup.base_bytes,
    files: backup.files.count,
    proof: proof && proofView(proof),
  };
}

const proofView = ({ began_at, passed, recovery_seconds, checks }: Proof) => ({
  at: began_at,
  passed,
  recovery_seconds,
  checks,
});
