import { z } from 'zod';
import { record } from '../../kernel/contract/bounds.ts';
import { filled } from '../../kernel/contract/names.ts';
import { operatorReason } from '../console/contract.ts';

export const severities = ['page', 'ticket'] as const;
export const receiverKinds = ['email', 'slack', 'webhook', 'pagerduty'] as const;
export const messageStates = ['waiting', 'sent', 'failed'] as const;

/** Of an installation: more need nobody's attention at once. */
export const receivers_max = 20;
export const silences_max = 100;
export const silence_minutes_max = 30 * 24 * 60;
/** What has ended stays in the history for so long. */
export const alert_days = 90;

const moment = z.iso.datetime();
const { reason } = operatorReason.shape;

const alert = z
  .object({
    id: z.uuid(),
    rule: z.string(),
    labels: z.record(z.string(), z.string()),
    severity: z.enum(severities),
    state: z.enum(['firing', 'resolved']),
    value: z.number(),
    message: z.string().describe('What is wrong, in short'),
    detail: z.string(),
    advice: z.string().describe('What to do'),
    started_at: moment,
    fired_at: moment,
    cleared_at: moment.nullable().describe('Since when it holds no longer; it ends when that lasts'),
    resolved_at: moment.nullable(),
    acknowledged_at: moment.nullable(),
    acknowledged_by: z.string().nullable(),
    silenced: z.boolean(),
    messages: z.int().describe('How many messages said it'),
  })
  .meta({ id: 'Alert' });
export type Alert = z.infer<typeof alert>;

const silence = z
  .object({
    id: z.uuid(),
    rule: z.string().nullable().describe('Null: every rule'),
    labels: z.record(z.string(), z.string()),
    until: moment,
    reason: z.string(),
    created_at: moment,
    created_by: z.string(),
  })
  .meta({ id: 'AlertSilence' });
export type Silence = z.infer<typeof silence>;

export const alertList = z.object({
  firing: z.array(alert),
  resolved: z.array(alert).describe('The last 50'),
  silences: z.array(silence),
});
export type AlertList = z.infer<typeof alertList>;

export const receiver = z
  .object({
    id: z.uuid(),
    name: z.string(),
    kind: z.enum(receiverKinds),
    target: z.string().describe('The address; of one that is itself a secret, its origin'),
    severity: z.enum(severities).describe('ticket: told of all; page: only of what wakes somebody'),
    after_minutes: z.int().describe('Told only of what nobody acknowledged for so long; 0: at once'),
    enabled: z.boolean(),
    version: z.int().describe('For If-Match'),
    created_at: moment,
    last: z
      .object({
        kind: z.enum(['firing', 'resolved', 'test']),
        state: z.enum(messageStates),
        error: z.string().nullable(),
        attempt_count: z.int(),
        at: moment,
        next_at: moment.nullable().describe('When it is tried again'),
      })
      .nullable()
      .describe('What became of the last message'),
    waiting: z.int().describe('Messages that wait to be sent'),
  })
  .meta({ id: 'AlertReceiver' });
export type Receiver = z.infer<typeof receiver>;

export const receiverList = z.object({ data: z.array(receiver) });
export const receiverWithSecret = z.object({
  id: z.uuid(),
  secret: z.string().nullable().describe('Signs what a webhook is sent; shown this once'),
});
export type ReceiverWithSecret = z.infer<typeof receiverWithSecret>;

const url = z.url({ protocol: /^https?$/, error: 'Write an address such as https://example.com/hook' }).max(2000);
const pager_address = 'https://events.pagerduty.com/v2/enqueue';

const common = {
  name: filled(100),
  severity: z.enum(severities).default('ticket'),
  after_minutes: z.int().min(0).max(1440).default(0),
  reason,
};
export const newReceiver = z
  .discriminatedUnion('kind', [
    z.strictObject({ ...common, kind: z.literal('email'), email: z.email().max(254) }),
    z.strictObject({ ...common, kind: z.literal('slack'), url }),
    z.strictObject({ ...common, kind: z.literal('webhook'), url }),
    z.strictObject({
      ...common,
      kind: z.literal('pagerduty'),
      url: url.default(pager_address).describe('Of the region; https://events.eu.pagerduty.com/v2/enqueue in Europe'),
      routing_key: z
        .string()
        .trim()
        .regex(/^\w{8,64}$/, 'Write the integration key of Events API v2')
        .meta({ maxLength: 64 }),
    }),
  ])
  .meta({ id: 'AlertReceiverCreate' });
export type NewReceiver = z.infer<typeof newReceiver>;

export const receiverUpdate = z
  .strictObject({
    name: common.name.optional(),
    severity: z.enum(severities).optional(),
    after_minutes: z.int().min(0).max(1440).optional(),
    enabled: z.boolean().optional(),
    reason,
  })
  .meta({ id: 'AlertReceiverUpdate' });

const labels_max = 20;
export const newSilence = z
  .strictObject({
    rule: z.string().max(100).nullable().default(null),
    labels: record(z.string().max(100), z.string().max(500), labels_max).default({}),
    minutes: z.int().min(1).max(silence_minutes_max),
    reason,
  })
  .meta({ id: 'AlertSilenceCreate' });

const limits = {
  enabled: z.boolean(),
  threshold: z.number().min(-1e15).max(1e15),
  for_seconds: z.int().min(0).max(604_800).describe('How long it has to hold before anybody is told'),
  keep_seconds: z.int().min(0).max(604_800).describe('How long it has to hold no longer before it ends'),
};
export const ruleParams = z.object({ name: z.string().max(100) });
export const ruleUpdate = z.strictObject({ ...limits, reason }).meta({ id: 'AlertRuleUpdate' });
export const ruleList = z.object({
  data: z.array(
    z
      .object({
        name: z.string(),
        message: z.string(),
        severity: z.enum(severities),
        measure: z.string().describe('As Prometheus would be asked'),
        is: z.enum(['>', '<', '==']),
        unit: z.enum(['count', 'share', 'duration', 'bytes']),
        ...limits,
        changed: z.boolean().describe('Whether an operator set it'),
        version: z.int().describe('For If-Match; 0 until an operator sets it'),
      })
      .meta({ id: 'AlertRule' }),
  ),
});
export type AlertRule = z.infer<typeof ruleList>['data'][number];
