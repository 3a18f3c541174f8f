import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobKind } from '../../kernel/jobs/kind.ts';
import { Worker } from '../../kernel/jobs/worker.ts';
import type { Labels, Registry } from '../../kernel/metrics/registry.ts';
import type { Services } from '../../kernel/services.ts';
import { type Context, system_tenant_id, systemActor, withContext } from '../../kernel/tenancy/context.ts';
import type { Metrics, PartName } from '../metrics/metrics.ts';
import { dispatch } from './dispatch.ts';
import { FigureHistory, type Limits, limitsOf, type Observation, observe, type RuleSetting } from './evaluate.ts';
import { beginAlert, openAlerts, takeStep } from './queries.ts';
import { ownRules, type Rule } from './rules.ts';
import { type OpenAlert, stepOf } from './state.ts';

/** One process evaluates what is the same in all: it holds this lock while its connection lasts. */
const lock_id = 7_041_214;
const parts = {
  all: [
    'database',
    'jobs',
    'feed',
    'disk',
    'errors',
    'certificates',
    'deletion',
    'keys',
    'rotation',
    'backups',
    'loss',
  ],
  machine: ['disk', 'keys'],
  process: ['keys'],
} as const satisfies Record<string, readonly PartName[]>;
/** An alert that no process looks at any more, or whose figures are missing for so long, ends. */
const forgotten_seconds = 600;
const write_ms_max = 10_000;
const slots_of_stand_in = 2;
const worker_of_machine = `${hostname()} worker`;
const workers_of_machine_max = 1_000;

interface Options {
  services: Pick<Services, 'config' | 'db' | 'log'>;
  metrics: Metrics;
  /** Of what sends messages: run here while no worker does. */
  sending: readonly JobKind[];
  /** Where this process serves; undefined for a worker. */
  address: string | undefined;
  /** Whether a server on the same machine started this worker, and looks at what is about the machine. */
  besideServer: boolean;
}

interface Look {
  leads: boolean;
  busy: boolean;
  now: Date;
  rules: RuleSetting[];
}

const idOf = (rule: string, labels: Labels) => `${rule} ${JSON.stringify(Object.entries(labels).sort())}`;

/**
 * Looks at the rules every few seconds. Each process evaluates what is about itself; the one that holds the lock also
 * what is the same in all, and has messages sent. While nothing is wrong a look writes nothing.
 */
export class AlertWatcher {
  private readonly options: Options;
  /** Of the workers of this machine: a number that none of the others has. */
  private number = 1;
  private readonly history = new FigureHistory();
  private readonly ending = new AbortController();
  private loop: Promise<void> = Promise.resolve();
  private standIn: Worker | undefined;
  private failed = false;

  constructor(options: Options) {
    this.options = options;
  }

  /** The same after a restart. */
  private get instance(): string {
    const { address } = this.options;
    return address ? `${hostname()}:${new URL(address).port}` : `${worker_of_machine} ${this.number}`;
  }

  start(): void {
    if (this.options.services.config.ALERTS_EVERY_SECONDS > 0) this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.loop;
    await this.standIn?.stop();
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    const { config, log } = this.options.services;
    while (!signal.aborted) {
      await sleep(config.ALERTS_EVERY_SECONDS * 1_000, undefined, { signal }).catch(() => {});
      if (signal.aborted) break;
      await this.look().then(
        () => {
          this.failed = false;
        },
        (error: Error) => {
          // Without the database this happens at every look.
          if (!this.failed && !signal.aborted) log.warn({ err: error }, 'alerts could not be evaluated; trying again');
          this.failed = true;
        },
      );
    }
  }

  private async look(): Promise<void> {
    const { metrics } = this.options;
    const [seen] = await metrics.ask<Look>(
      'select pg_try_advisory_lock($1) as leads, n.busy, n.rules, now() as now from app.alerts_now() n',
      [lock_id],
    );
    // What one process writes others read, whatever their clocks say: the time is that of the database.
    const { leads, busy, rules, now } = seen!;
    if (this.options.address === undefined) await this.takeNumber();
    const registry = await metrics.figures(
      leads ? parts.all : this.options.besideServer ? parts.process : parts.machine,
    );
    const figures = this.history.figures(registry, this.instance, now.getTime() / 1000);
    const settings = new Map(rules.map((each) => [each.rule, each]));
    const limits = new Map(ownRules.map((rule) => [rule.name, limitsOf(rule, settings.get(rule.name))]));
    const observations = ownRules
      .filter((rule) => this.isMine(rule, leads))
      .flatMap((rule) => observe(rule, limits.get(rule.name)!, figures).map((each) => this.labelled(each)));
    if (leads) await this.standInForWorker(registry);
    if (!busy && !observations.some(({ holds }) => holds)) return;
    await this.transaction(async (ctx) => {
      await this.write(ctx, observations, limits, { now, leads });
      if (leads) await dispatch(ctx, now, this.options.services.config.ALERTS_EVERY_SECONDS);
    });
  }

  /** The lowest that is free, held while the connection lasts; after that the same again, unless another took it. */
  private async takeNumber(): Promise<void> {
    const [taken] = await this.options.metrics.ask<{ number: number }>(
      `select n::float8 as number from generate_series($2::int, $2::int + ${workers_of_machine_max}) n
       where pg_try_advisory_lock(hashtextextended($1 || ' ' || n, 0)) limit 1`,
      [worker_of_machine, this.number],
    );
    this.number = taken!.number;
  }

  private isMine({ of }: Rule, leads: boolean): boolean {
    const { address, besideServer } = this.options;
    const mine = { installation: leads, machine: !besideServer, server: address !== undefined, process: true };
    return mine[of];
  }

  /** What is about a process says which, also where the figures are added up. */
  private labelled(observation: Observation): Observation {
    const { rule, labels } = observation;
    const { instance: _, ...others } = labels;
    return { ...observation, labels: rule.of === 'installation' ? others : { ...others, instance: this.instance } };
  }

  private async write(
    ctx: Context,
    observations: readonly Observation[],
    limits: ReadonlyMap<string, Limits>,
    { now, leads }: { now: Date; leads: boolean },
  ): Promise<void> {
    const open = new Map((await openAlerts(ctx)).map((alert) => [idOf(alert.rule, alert.labels), alert]));
    for (const observation of observations) {
      const { rule, labels, holds, value } = observation;
      const key = idOf(rule.name, labels);
      const alert = open.get(key);
      open.delete(key);
      const step = stepOf(alert, holds, limits.get(rule.name)!, now);
      if (step?.is === 'begin') await beginAlert(ctx, observation, labels, step.state, now);
      else if (step) await takeStep(ctx, alert!, step, holds ? value : null, now);
    }
    if (leads) for (const alert of open.values()) await this.end(ctx, alert, observations, limits, now);
  }

  /**
   * Of what was not observed at this look: its figures are missing, another process looks at it, or nobody does any
   * more.
   */
  private async end(
    ctx: Context,
    alert: OpenAlert,
    observations: readonly Observation[],
    limits: ReadonlyMap<string, Limits>,
    now: Date,
  ): Promise<void> {
    const limit = limits.get(alert.rule);
    const rule = ownRules.find(({ name }) => name === alert.rule);
    // Others of its rule were observed: what it is about, such as a consumer, is gone.
    const isGone = rule?.of === 'installation' && observations.some((each) => each.rule === rule);
    const isForgotten = now.getTime() - alert.seen_at.getTime() > forgotten_seconds * 1000;
    if (limit?.enabled && !isGone && !isForgotten) return;
    await takeStep(ctx, alert, { is: alert.state === 'pending' ? 'forget' : 'resolve' }, null, now);
  }

  /** That no worker runs is told all the same: this process sends until one does. */
  private async standInForWorker(registry: Registry): Promise<void> {
    const { db, log } = this.options.services;
    const workers = [...registry.samples('holdfast_connections_of_role')].find(([{ role }]) => role === 'worker');
    if (workers?.[1] === 0 && !this.standIn) {
      this.standIn = new Worker({ db, log, kinds: [...this.options.sending], slots: slots_of_stand_in });
      this.standIn.start();
    } else if (workers && workers[1] > 0 && this.standIn) {
      const { standIn } = this;
      this.standIn = undefined;
      await standIn.stop();
    }
  }

  /** Over another connection than those of requests, which may be used up, and than that of long searches. */
  private transaction(work: (ctx: Context) => Promise<void>): Promise<void> {
    const patience = { ms: write_ms_max, signal: this.ending.signal, apart: true };
    return withContext(this.options.services.db, systemActor(system_tenant_id), work, { patience });
  }
}
