import type { ConsumerHealth } from '../../kernel/feed/queries.ts';
import type { Registry } from '../../kernel/metrics/registry.ts';
import type { Ask } from './connection.ts';
import type { Source } from './database.ts';
import { figure } from './figure.ts';

/** The most jobs that are counted in each state: a longer queue is shown as this long. */
const jobs_max = 10_000;
/** Far more than the program has; kinds and consumers of earlier releases count too. */
const names_max = 200;

const states = ['waiting', 'running', 'in_doubt', 'failed'] as const;

interface JobRow {
  kind: string;
  state: (typeof states)[number];
  jobs: number;
  oldest_seconds: number;
}

export function jobFigures(registry: Registry, ask: Ask): Source<JobRow[]> {
  const all = figure(
    registry,
    'holdfast_jobs',
    `Jobs by state, of each at most ${jobs_max}: waiting, running, in_doubt, failed (within a day)`,
  );
  const oldest = figure(
    registry,
    'holdfast_job_oldest_waiting_seconds',
    'How long the oldest job that could run has waited; 0 when none waits',
  );
  const ofKind = figure(registry, 'holdfast_jobs_of_kind', 'The same jobs by kind');
  const oldestOfKind = figure(
    registry,
    'holdfast_job_of_kind_oldest_waiting_seconds',
    'How long the oldest job of a kind has waited; nothing when none waits',
  );
  return {
    read: () =>
      ask<JobRow>('select * from app.job_figures($1) order by jobs desc, kind, state limit $2', [
        jobs_max,
        names_max * states.length,
      ]),
    show: (rows) => {
      const waiting = rows?.filter(({ state }) => state === 'waiting') ?? [];
      all(
        rows
          ? states.map((state) => [
              { state },
              rows.reduce((sum, row) => (row.state === state ? sum + row.jobs : sum), 0),
            ])
          : [],
      );
      oldest(rows ? [[{}, Math.max(0, ...waiting.map(({ oldest_seconds }) => oldest_seconds))]] : []);
      ofKind((rows ?? []).map(({ kind, state, jobs }) => [{ kind, state }, jobs]));
      oldestOfKind(waiting.map(({ kind, oldest_seconds }) => [{ kind }, oldest_seconds]));
    },
  };
}

type FeedRow = Pick<ConsumerHealth, 'consumer' | 'lag_seconds' | 'behind' | 'failing' | 'set_aside'>;

export function feedFigures(registry: Registry, ask: Ask): Source<FeedRow[]> {
  const of = (name: string, help: string) => figure(registry, `holdfast_feed_${name}`, help);
  const shown = {
    lag_seconds: of('lag_seconds', 'Age of the oldest event that a consumer of the feed has not handled'),
    behind: of('behind_workspaces', 'Workspaces in which it has events to handle'),
    failing: of('failing_workspaces', 'Workspaces in which it failed and tries again'),
    set_aside: of('set_aside', 'Events that it could not handle and set aside'),
  };
  return {
    read: () =>
      ask<FeedRow>('select consumer, lag_seconds, behind, failing, set_aside from app.feed_health() limit $1', [
        names_max,
      ]),
    show: (rows) => {
      for (const [key, show] of Object.entries(shown))
        show((rows ?? []).map((row) => [{ consumer: row.consumer }, row[key as keyof typeof shown]]));
    },
  };
}
