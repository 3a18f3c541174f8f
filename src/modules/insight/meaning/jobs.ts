import { z } from 'zod';
import type { Consumer } from '../../../kernel/feed/consumer.ts';
import { type JobKind, jobKind } from '../../../kernel/jobs/kind.ts';
import { type Schedule, zone_of_workspace } from '../../../kernel/jobs/schedule.ts';
import type { ModelServices } from '../language-model/index.ts';
import { embed_ids_max, embed_kind, embedTexts, enqueueEmbed, learn } from './learn.ts';
import { enqueueLearn, learn_kind } from './model-run.ts';
import { sources } from './passages.ts';

export const meaningJobs = (services: ModelServices): JobKind[] => [
  jobKind({
    kind: learn_kind,
    payload: z.object({ anew: z.boolean().default(false) }),
    // One at a time: it holds the words of a whole workspace in memory.
    concurrencyMax: 1,
    run: (run, { anew }) => learn(run, services, anew),
  }),
  jobKind({
    kind: embed_kind,
    payload: z.object({ resource: z.enum(sources), ids: z.array(z.uuid()).max(embed_ids_max) }),
    concurrencyMax: 1,
    tenantMax: 1,
    run: (run, { resource, ids }) => embedTexts(run, services, resource, ids),
  }),
];

/** Looks every hour whether there is enough text by now, or other text than the model was made of. */
export const meaningSchedules: Schedule[] = [
  {
    name: learn_kind,
    cron: '20 * * * *',
    timeZone: zone_of_workspace,
    per: 'workspace',
    kind: learn_kind,
    payload: {},
    dedupeKey: 'all',
  },
];

const verbs = ['create', 'update', 'trash', 'restore', 'delete'];

const settings = 'language_model';

/** New and changed texts are embedded by the model that serves; which one that is follows the settings. */
export const meaningConsumer: Consumer = {
  name: 'meaning',
  version: 2,
  events: [...sources, settings].flatMap((resource) => verbs.map((verb) => `${resource}.${verb}`)),
  imports: true,
  starts: 'now',
  handle: async (ctx, events) => {
    for (const resource of sources) {
      const ids = events.flatMap((event) => (event.resource === resource ? (event.record_id ?? []) : []));
      if (ids.length > 0) await enqueueEmbed(ctx, resource, [...new Set(ids)]);
    }
    if (events.some(({ resource }) => resource === settings)) await enqueueLearn(ctx, 0);
  },
};
