import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Consumer } from '../../../kernel/feed/consumer.ts';
import { type JobKind, jobKind } from '../../../kernel/jobs/kind.ts';
import { type Schedule, zone_of_workspace } from '../../../kernel/jobs/schedule.ts';
import { isImporting } from '../../mail/index.ts';
import type { ModelServices } from '../language-model/index.ts';
import { embed_ids_max, embed_kind, embedTexts, enqueueEmbed, learn } from './learn.ts';
import { asProgram, enqueueLearn, learn_kind } from './model-run.ts';
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
    payload: z.object({
      resource: z.enum(sources),
      ids: z.array(z.uuid()).max(embed_ids_max),
      /** Until when mail waits for the import that it came by. */
      waits_until: z.iso.datetime().optional(),
    }),
    concurrencyMax: 1,
    tenantMax: 1,
    run: async (run, { resource, ids, waits_until }) => {
      const isWaiting = waits_until !== undefined && Date.now() < Date.parse(waits_until);
      if (isWaiting && (await asProgram(run, isImporting)))
        return asProgram(run, (ctx) => enqueueEmbed(ctx, resource, ids, { waits_until, delayMs: import_poll_ms }));
      const began = Date.now();
      await embedTexts(run, services, resource, ids);
      // After an import there are many: what arrives meanwhile comes first.
      if (waits_until) await sleep(Math.min(Date.now() - began, rest_ms_max), undefined, { signal: run.signal });
    },
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

/** How often mail looks whether its import is over, and for how long: a large mailbox takes hours at some providers. */
const import_poll_ms = 10_000;
const import_wait_ms_max = 600_000;
const rest_ms_max = 2_000;

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
      if (ids.length === 0) continue;
      const waits_until = new Date(Date.now() + import_wait_ms_max).toISOString();
      await enqueueEmbed(ctx, resource, [...new Set(ids)], resource === 'mail_message' ? { waits_until } : {});
    }
    if (events.some(({ resource }) => resource === settings)) await enqueueLearn(ctx, 0);
  },
};
