import { z } from 'zod';
import { filterJson, record } from '../../kernel/contract/bounds.ts';
import { boolean, object, reference, requiredText, select, time } from '../../kernel/contract/fields.ts';
import { defineResource, list_rows_max } from '../../kernel/contract/resource.ts';

export const webhookVerbs = ['created', 'updated', 'deleted', 'restored', 'merged'] as const;
export type WebhookVerb = (typeof webhookVerbs)[number];

/** How long the secret before a rotation signs beside the new one. */
export const rotation_hours = 24;
/** How long an event is tried before it, or a webhook that got nothing through, is given up. */
export const retry_hours = 24;
/** A receiver that is slower than the changes is given up when it is so far behind. */
export const behind_days_max = 3;
/** How long what was sent stays in the log. */
export const delivery_days = 14;
/** Of a workspace. */
export const webhooks_max = 50;

/** Why the program disabled a webhook. */
export const disabledReasons = ['failing', 'gone', 'backlog', 'owner_inactive', 'owner_rights', 'key_expired'] as const;
export type DisabledReason = (typeof disabledReasons)[number];

const url = z.url({ protocol: /^https?$/, error: 'Write an address such as https://example.com/hook' }).max(2000);

const kinds_max = 100;
const choice = z.strictObject({
  verbs: z.array(z.enum(webhookVerbs)).min(1).max(webhookVerbs.length),
  filter: filterJson()
    .nullable()
    .optional()
    .describe('As lists take it, asked when the event is sent; deleted records match by type and verb alone'),
});
const events = record(z.string().max(63), choice, kinds_max).refine((value) => Object.keys(value).length > 0, {
  error: 'Choose at least one kind of event',
});
export type WebhookEvents = z.infer<typeof events>;

/** Changes of records are sent to an address, signed as Standard Webhooks say, as far as its owner may read them. */
export const webhook = defineResource({
  name: 'webhook',
  plural: 'webhooks',
  table: 'webhook',
  title: 'webhook',
  defaultSort: 'name',
  fields: {
    name: requiredText(100, { title: 'Name' }),
    url: requiredText(2000, { title: 'Address', answered: z.string() }),
    events: object(events, { title: 'Events', required: true }),
    enabled: boolean({ title: 'Enabled' }),
    disabled_reason: select(disabledReasons, { title: 'Why it is disabled', readOnly: true }),
    owner_id: reference('user_account', { title: 'Acts with the rights of', expand: 'owner', readOnly: true }),
    old_secret_until: time({ title: 'Old secret valid until', readOnly: true }),
  },
});

export const newWebhook = webhook.create.extend({ url, enabled: z.boolean().optional() }).meta({ id: 'WebhookCreate' });
export const webhookUpdate = webhook.update.extend({ url: url.optional() }).meta({ id: 'WebhookUpdate' });

/** `secret` is in the answer to creation and rotation only. */
export const webhookWithSecret = webhook.row
  .extend({ secret: z.string().describe('whsec_ and 32 bytes as base64; signs what is sent') })
  .meta({ id: 'WebhookWithSecret' });

export const deliveryStates = ['waiting', 'delivered', 'failed', 'skipped'] as const;

const attempt = z.object({
  at: z.iso.datetime(),
  status: z.int().nullable().describe('What the receiver answered'),
  ms: z.int(),
  error: z.string().nullable(),
});
export type Attempt = z.infer<typeof attempt>;

export const delivery = z
  .object({
    id: z.uuid().describe('Sent as webhook-id, with each attempt and replay'),
    type: z.string(),
    record_id: z.uuid(),
    state: z.enum(deliveryStates),
    reason: z.string().nullable(),
    occurred_at: z.iso.datetime(),
    next_at: z.iso.datetime().nullable().describe('When it is tried next, while it waits'),
    attempt_count: z.int(),
    attempts: z.array(attempt).describe('The last 20, oldest first'),
    finished_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'WebhookDelivery' });
export type Delivery = z.infer<typeof delivery>;

export const deliveryWithContent = delivery
  .extend({
    payload: z.string().nullable().describe('As it was sent last; null where the caller may not read the record now'),
    response: z.string().nullable().describe('The beginning of the last response'),
  })
  .meta({ id: 'WebhookDeliveryContent' });

export type DeliveryContent = z.infer<typeof deliveryWithContent>;

export const deliveryParams = z.object({ id: z.uuid(), delivery_id: z.uuid() });
export const deliveryQuery = z.strictObject({
  state: z.enum(deliveryStates).optional(),
  limit: z.coerce.number().int().min(1).max(list_rows_max).default(30),
  cursor: z.string().max(4000).optional(),
});
export type DeliveryQuery = z.infer<typeof deliveryQuery>;

export const deliveryPage = z.object({
  data: z.array(delivery),
  next_cursor: z.string().nullable(),
  sending: z.object({
    waiting: z.int().describe('Up to 10,000'),
    failing_since: z.iso.datetime().nullable().describe('Since when no attempt succeeded'),
    paused_until: z.iso.datetime().nullable().describe('After failures the next attempt is at this time'),
  }),
});
export type DeliveryPage = z.infer<typeof deliveryPage>;
