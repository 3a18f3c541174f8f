import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { rights_resources } from './kernel/access/rights.ts';
import { routes as auditRoutes } from './kernel/audit/routes.ts';
import { createCache } from './kernel/cache/create-cache.ts';
import { type Config, configWarnings } from './kernel/config/config.ts';
import type { ManagedSecrets } from './kernel/config/managed-secrets.ts';
import type { Surroundings } from './kernel/config/sources.ts';
import { definedResources } from './kernel/contract/resource.ts';
import { Database } from './kernel/database/database.ts';
import { featureRoutes } from './kernel/features/routes.ts';
import { FeatureSwitches } from './kernel/features/switches.ts';
import { ConsumerRunner } from './kernel/feed/runner.ts';
import { createClamdScan } from './kernel/files/clamd.ts';
import { openFiles } from './kernel/files/create-file-store.ts';
import { fileJobs } from './kernel/files/jobs.ts';
import { FileReads } from './kernel/files/reads.ts';
import { fileRoutes } from './kernel/files/routes.ts';
import { UploadBudget } from './kernel/files/upload-budget.ts';
import { Drain } from './kernel/http/drain.ts';
import { ResponseCache } from './kernel/http/response-cache.ts';
import type { Route } from './kernel/http/route.ts';
import { buildServer } from './kernel/http/server.ts';
import { createAuthenticator, identityJobs, identityRoutes } from './kernel/identity/index.ts';
import { routes as jobRoutes } from './kernel/jobs/routes.ts';
import { checkSchedules, type Schedule } from './kernel/jobs/schedule.ts';
import { Scheduler } from './kernel/jobs/scheduler.ts';
import { Worker } from './kernel/jobs/worker.ts';
import { createLogStore } from './kernel/logs/create-log-store.ts';
import { createLog } from './kernel/logs/log.ts';
import { SensitiveNames } from './kernel/logs/redact.ts';
import { LogShipper } from './kernel/logs/shipper.ts';
import { Spill } from './kernel/logs/spill.ts';
import { openApiRoutes } from './kernel/openapi/routes.ts';
import { Outgoing } from './kernel/outgoing.ts';
import { sendPage, servePage } from './kernel/page.ts';
import { stopParsing } from './kernel/parsing/pool.ts';
import { ChangeHub } from './kernel/realtime/hub.ts';
import { realtimeRoutes } from './kernel/realtime/routes.ts';
import { provideKeys } from './kernel/resource/composite-names.ts';
import { customFieldsChanged } from './kernel/resource/custom.ts';
import type { Services } from './kernel/services.ts';
import { openTracing } from './kernel/tracing/open-tracing.ts';
import { writeCounts } from './kernel/usage/queries.ts';
import { createUsageRecorder } from './kernel/usage/recorder.ts';
import { usageRoutes } from './kernel/usage/routes.ts';
import { DataKeys } from './kernel/vault/data-keys.ts';
import type { MasterKeys } from './kernel/vault/master-key.ts';
import { moduleConsumers, moduleJobs, moduleRoutes, moduleSchedules, moduleWatchers } from './modules/index.ts';
import { alertJobs } from './operations/alerts/jobs.ts';
import { alertRoutes } from './operations/alerts/routes.ts';
import { AlertWatcher } from './operations/alerts/watcher.ts';
import { backupJobs, backupSchedules, followLog, proofSchedules } from './operations/backup/jobs.ts';
import { certificateJobs, certificateSchedules } from './operations/certificates/jobs.ts';
import { databaseJobs } from './operations/console/database/jobs.ts';
import { consoleRoutes } from './operations/console/routes.ts';
import { errorRoutes } from './operations/errors/routes.ts';
import type { SentrySender } from './operations/errors/sentry.ts';
import { withErrorReports } from './operations/errors/store.ts';
import { healthRoutes } from './operations/health/routes.ts';
import { housekeepingJobs, housekeepingSchedules } from './operations/housekeeping.ts';
import { keyRotationJobs, keyRotationSchedules } from './operations/key-rotation/jobs.ts';
import { lifecycleJobs, lifecycleSchedules } from './operations/lifecycle/jobs.ts';
import { lifecycleRoutes } from './operations/lifecycle/routes.ts';
import { auditCopyConsumers } from './operations/logs/audit-copy.ts';
import { logRoutes } from './operations/logs/routes.ts';
import { createMetrics, type Metrics } from './operations/metrics/metrics.ts';
import { serveMetrics } from './operations/metrics/routes.ts';
import { Heartbeat } from './operations/nodes/heartbeat.ts';
import { personalSealingJobs, personalSealingSchedules } from './operations/personal-sealing/jobs.ts';
import { personalSealingRoutes } from './operations/personal-sealing/routes.ts';
import { storageJobs, storageSchedules } from './operations/storage/jobs.ts';
import { followSecrets, openCursors, openKeyRing, openMailer } from './secrets.ts';
import { version } from './version.ts';

export interface App {
  services: Services;
  /** Every route this program answers, in the order of the API documents. */
  routes: Route[];
  server: FastifyInstance | undefined;
  /** `http://127.0.0.1:3000`; undefined when this process does not serve. */
  address: string | undefined;
  /**
   * `notice`: whether proxies that follow readiness are given time to notice. Without it, only running requests are
   * waited for.
   */
  stop(options?: { notice?: boolean }): Promise<void>;
}

export interface AppOptions {
  config: Config;
  /** The address of the database for the application's role. */
  databaseUrl: string;
  masterKeys: MasterKeys;
  /** Reads the configuration again, for secrets that change while the program runs. Without it none do. */
  reread?: () => Config;
  /**
   * What the configuration was read from. Without it this process does not tell others how it is configured, or that it
   * runs.
   */
  surroundings?: Surroundings;
  /** The secrets that a secret manager keeps. */
  secrets?: ManagedSecrets;
  /** Fail when an answer breaks its contract. */
  checkAnswers?: boolean;
  /** Whether a server on the same machine started this worker. */
  besideServer?: boolean;
}

/** Puts the parts together and starts those that the role of this process asks for. */
export async function startApp(options: AppOptions): Promise<App> {
  const { config, databaseUrl, masterKeys, reread, surroundings, checkAnswers = false, besideServer = false } = options;
  const services = await createServices(options);
  const { db, hub, log } = services;
  const routes = allRoutes(services, masterKeys);
  const stops: (() => Promise<unknown>)[] = [() => services.outgoing.stop()];
  await services.outgoing.start();
  let server: FastifyInstance | undefined;
  let address: string | undefined;
  const metrics =
    config.METRICS_TOKEN || config.ALERTS_EVERY_SECONDS > 0
      ? createMetrics({ services, databaseUrl, masterKeys, version })
      : undefined;
  if (metrics) stops.push(() => metrics.stop());
  for (const warning of configWarnings(config, services.secrets)) log.warn(warning);
  if (reread) stops.push(followSecrets(services, reread, options.secrets));
  if (config.HOLDFAST_ROLE !== 'web') stops.push(...startWork(services, databaseUrl, masterKeys));
  if (config.HOLDFAST_ROLE !== 'worker') {
    await hub.start();
    stops.push(() => hub.stop());
    server = await createServer(services, routes, checkAnswers, metrics);
    stops.push(() => server!.close());
    // Requests that the drain has waited for in vain end with it.
    stops.push(stopParsing);
    address = await server.listen({ host: config.HOST, port: config.PORT }).catch(async (error: unknown) => {
      await stop();
      throw error;
    });
  }
  if (metrics) {
    const alerts = new AlertWatcher({ services, metrics, sending: alertJobs(services), address, besideServer });
    alerts.start();
    stops.push(() => alerts.stop());
  }
  if (surroundings) {
    const heartbeat = new Heartbeat({ db, log, config, masterKeys, version, surroundings, address });
    heartbeat.start();
    stops.push(() => heartbeat.stop());
  }
  let stopping: Promise<void> | undefined;
  return {
    services,
    routes,
    server,
    address,
    // Whoever stops it again waits for the same end: parts that have ended, and connections that are closed, take no
    // second one.
    stop: (options) => {
      stopping ??= stop(options);
      return stopping;
    },
  };
  // Last started, first stopped; the stores go when nobody uses them any more.
  async function stop({ notice = false } = {}): Promise<void> {
    if (server) await services.drain.run({ notice });
    for (const stop of stops.reverse()) await stop();
    await services.usage.stop();
    services.mailer.close();
    services.files.close();
    await services.cache.close();
    await db.close();
    await services.tracing?.stop();
    services.log.flush();
    await services.shipper.stop();
  }
}

/** Starts what a worker does: jobs, schedules and consumers of the feed. Returns how to stop it. */
function startWork(services: Services, databaseUrl: string, masterKeys: MasterKeys): (() => Promise<unknown>)[] {
  const { config, db, log, tracing } = services;
  const kinds = [
    ...identityJobs(services),
    ...fileJobs(services),
    ...moduleJobs(services),
    ...housekeepingJobs(services),
    ...databaseJobs(services),
    ...backupJobs({ services, databaseUrl, masterKeys, version, start: startApp }),
    ...alertJobs(services),
    ...lifecycleJobs(services),
    ...keyRotationJobs(services),
    ...personalSealingJobs(services),
    ...storageJobs(services),
    ...certificateJobs(services),
  ];
  const schedules = allSchedules(config, masterKeys);
  checkSchedules(schedules, new Set(kinds.map(({ kind }) => kind)));
  const { features } = services;
  const worker = new Worker({ db, log, slots: config.WORKER_SLOTS, kinds, tracing, features });
  const consumers = new ConsumerRunner({
    db,
    log,
    tracing,
    features,
    consumers: [...moduleConsumers(services), ...auditCopyConsumers(services)],
  });
  const scheduler = new Scheduler({ db, log, schedules, features });
  const watchers = moduleWatchers(services);
  worker.start();
  consumers.start();
  scheduler.start();
  for (const watcher of watchers) watcher.start();
  return [
    followLog({ services, masterKeys }),
    () => Promise.all([worker, consumers, scheduler, ...watchers].map((part) => part.stop())),
  ];
}

async function createServices({ config, databaseUrl, masterKeys, secrets }: AppOptions): Promise<Services> {
  const names = new SensitiveNames();
  for (const { meta } of definedResources())
    names.add([...meta].filter(([, { sensitivity }]) => sensitivity !== 'public').map(([name]) => name));
  let shipper: LogShipper | undefined;
  const log = createLog(config.LOG_LEVEL, { role: config.HOLDFAST_ROLE, names, keep: (line) => shipper?.add(line) });
  const logStore = createLogStore({ config, databaseUrl, log });
  shipper = new LogShipper({
    store: withErrorReports(logStore, {
      databaseUrl,
      version,
      sentry: await openSentry(config.SENTRY_DSN, log),
    }),
    spill: new Spill(join(config.HOLDFAST_DATA, 'log')),
    log,
  });
  const tracing = await openTracing(config, version, log);
  const allowPlaintext = config.ALLOW_PLAINTEXT;
  const usage = createUsageRecorder((tenant_id, counts) => writeCounts(db, tenant_id, counts), log);
  const db = new Database({
    url: databaseUrl,
    connectionsMax: config.DATABASE_CONNECTIONS_MAX,
    statementTimeoutMs: 30_000,
    applicationName: `holdfast-${config.HOLDFAST_ROLE}`,
    inBackground: config.HOLDFAST_ROLE === 'worker',
    observe: usage.ran,
    log,
  });
  const keyRing = openKeyRing(masterKeys);
  provideKeys(db, new DataKeys(keyRing, (place, why) => log.error({ place }, `A sealed value does not open: ${why}`)));
  const outgoing = new Outgoing(db, log);
  openCursors(masterKeys);
  const cache = await createCache({
    redisUrl: config.REDIS_URL,
    bytesMax: config.CACHE_MEGABYTES * 1024 * 1024,
    currentUrl: () => config.REDIS_URL!,
    namespace: 'holdfast',
    log,
    allowPlaintext,
  });
  return {
    config,
    log,
    shipper,
    logStore,
    db,
    cache,
    authenticator: createAuthenticator({ db, cache }),
    features: new FeatureSwitches(db, config.FEATURES_OFF),
    files: openFiles(config, new FileReads(db, log)),
    uploads: new UploadBudget(db, {
      storageMegabytesMax: config.STORAGE_MEGABYTES_PER_TENANT,
      dayMegabytesMax: config.UPLOAD_MEGABYTES_PER_TENANT_AND_DAY,
    }),
    scan: config.CLAMD_URL ? createClamdScan({ url: config.CLAMD_URL, allowPlaintext }) : undefined,
    mailer: openMailer(config, log, outgoing),
    outgoing,
    secrets: { managed: secrets?.used ?? false, trouble: null, refused: null, wantRestart: [] },
    keyRing,
    hub: new ChangeHub(db, log),
    usage,
    tracing,
    drain: new Drain(),
  };
}

async function openSentry(dsn: string | undefined, log: Services['log']): Promise<SentrySender | undefined> {
  if (!dsn) return undefined;
  const { createSentrySender } = await import('./operations/errors/sentry.ts');
  return createSentrySender({ dsn, version, log });
}

const allSchedules = (config: Config, masterKeys: MasterKeys): Schedule[] => [
  ...moduleSchedules,
  ...housekeepingSchedules,
  ...backupSchedules(config),
  ...proofSchedules(config, masterKeys),
  ...lifecycleSchedules,
  ...keyRotationSchedules,
  ...personalSealingSchedules,
  ...storageSchedules,
  ...certificateSchedules,
];

function allRoutes(services: Services, masterKeys: MasterKeys): Route[] {
  const routes: Route[] = [
    ...identityRoutes(services),
    ...featureRoutes(services),
    ...auditRoutes,
    ...fileRoutes(services),
    ...jobRoutes,
    ...usageRoutes(services),
    ...moduleRoutes(services),
    ...realtimeRoutes(services),
    ...healthRoutes(services),
    ...consoleRoutes({ services, masterKeys, version, schedules: allSchedules(services.config, masterKeys) }),
    ...alertRoutes(services),
    ...logRoutes(services),
    ...errorRoutes,
    ...lifecycleRoutes(services),
    ...personalSealingRoutes,
  ];
  return [...routes, ...openApiRoutes(() => routes, version)];
}

async function createServer(
  services: Services,
  routes: Route[],
  checkAnswers: boolean,
  metrics: Metrics | undefined,
): Promise<FastifyInstance> {
  const { config, db, log, cache } = services;
  const rightsChanged = (tenant_id: string) => {
    services.authenticator.rightsChanged(tenant_id);
    services.features.changed(tenant_id);
    customFieldsChanged(tenant_id);
  };
  // Changes through other processes.
  services.hub.listen((events) => {
    for (const { resource, tenant_id } of events) if (rights_resources.has(resource)) rightsChanged(tenant_id);
  });
  const server = await buildServer({
    db,
    log,
    checkAnswers,
    routes,
    authenticate: services.authenticator.authenticate,
    features: services.features,
    usage: services.usage,
    rightsChanged,
    responseCache: new ResponseCache(db, cache, services.hub, routes),
    cache,
    limits: { perAddress: config.RATE_LIMIT_ADDRESS_PER_MINUTE, perCaller: config.RATE_LIMIT_CALLER_PER_MINUTE },
    publicOrigin: config.PUBLIC_URL && new URL(config.PUBLIC_URL).origin,
    trustProxy: config.TRUST_PROXY?.split(',').map((address) => address.trim()) ?? false,
    drain: services.drain,
    watch: metrics?.watch,
    tracing: services.tracing,
    fallback: sendPage,
  });
  serveMetrics(server, config, metrics);
  await servePage(server);
  return server;
}
