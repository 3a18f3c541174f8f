import type { Resource } from '../../kernel/contract/resource.ts';
import type { Consumer, FeedEvent } from '../../kernel/feed/consumer.ts';
import type { Services } from '../../kernel/services.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { behind_days_max, type WebhookEvents, type WebhookVerb } from './contract.ts';
import { disable } from './disable.ts';
import {
  type EventDetail,
  enabledWebhooks,
  insertDeliveries,
  isBehind,
  type NewDelivery,
  readDetails,
} from './queries.ts';
import { enqueueSending } from './sender.ts';

/** Leaves a delivery for each webhook that wants an event. */
export const webhookConsumer = ({ mailer }: Pick<Services, 'mailer'>, records: readonly Resource[]): Consumer => ({
  name: 'webhooks',
  version: 1,
  events: records.flatMap(({ name, merges }) =>
    ['create', 'update', 'delete', ...(merges ? ['merge'] : [])].map((action) => `${name}.${action}`),
  ),
  imports: true,
  starts: 'now',
  handle: async (ctx, events) => {
    const webhooks = await enabledWebhooks(ctx);
    if (webhooks.length === 0) return;
    const told = await inWords(
      ctx,
      records,
      events.filter(({ resource }) => webhooks.some((each) => wants(each.events, resource))),
    );
    const wanted = new Map<string, NewDelivery[]>();
    for (const { id, events: choices } of webhooks) {
      const own = told.filter(({ resource, verb }) => wants(choices, resource, verb));
      if (own.length > 0)
        wanted.set(
          id,
          own.map(({ verb: _, ...event }) => ({ ...event, webhook_id: id })),
        );
    }
    for (const [id, deliveries] of wanted) {
      await insertDeliveries(ctx, deliveries);
      if (await isBehind(ctx, id, behind_days_max)) await disable(ctx, id, 'backlog', mailer);
      else await enqueueSending(ctx, id);
    }
  },
});

const wants = (events: WebhookEvents, resource: string, verb?: WebhookVerb): boolean => {
  const choice = events[resource];
  return choice !== undefined && (verb === undefined || choice.verbs.includes(verb));
};

type Told = Omit<NewDelivery, 'webhook_id'> & { verb: WebhookVerb };

/** The events as webhooks name them, without those that are about nothing that the API shows. */
async function inWords(ctx: Context, records: readonly Resource[], events: readonly FeedEvent[]): Promise<Told[]> {
  const details = new Map(
    (
      await readDetails(
        ctx,
        events.map(({ seq }) => seq),
      )
    ).map((detail) => [detail.seq, detail]),
  );
  return events.flatMap((event) => {
    const resource = records.find(({ name }) => name === event.resource)!;
    const detail = details.get(event.seq);
    const verb = verbOf(event, detail);
    const fields = verb === 'updated' ? shownFields(resource, event, detail) : null;
    if (!verb || !event.record_id || fields?.length === 0) return [];
    return {
      verb,
      seq: event.seq,
      type: `${event.resource}.${verb}`,
      resource: event.resource,
      record_id: event.record_id,
      occurred_at: event.at,
      actor_id: event.actor_id,
      fields,
      merged_ids: verb === 'merged' ? (detail?.merged_ids ?? null) : null,
    };
  });
}

/** Deleting moves to the trash, which is an update; what leaves the trash for good was deleted before. */
function verbOf({ action, fields }: FeedEvent, detail: EventDetail | undefined): WebhookVerb | undefined {
  if (action === 'create') return 'created';
  if (action === 'merge') return 'merged';
  if (action === 'delete') return detail?.was_deleted ? undefined : 'deleted';
  if (!fields?.includes('deleted_at')) return 'updated';
  // Without its history nobody knows which of both it was.
  if (!detail) return undefined;
  return detail.is_deleted ? 'deleted' : 'restored';
}

function shownFields({ meta }: Resource, { fields }: FeedEvent, detail: EventDetail | undefined): string[] {
  return (fields ?? []).flatMap((field) => {
    if (field === 'custom') return (detail?.custom ?? []).map((key) => `custom.${key}`);
    return meta.has(field) ? field : [];
  });
}
