import { z } from 'zod';
import { through } from '../../kernel/audit/contract.ts';
import { namedReference } from '../../kernel/contract/fields.ts';
import { timeText } from '../../kernel/contract/time.ts';

/** What people are told of. */
export const notificationKinds = [
  'mentioned',
  'commented',
  'assigned',
  'changed',
  'task_due',
  'finished',
  'duplicates_found',
  'webhook_disabled',
  'handed_over',
] as const;
export type NotificationKind = (typeof notificationKinds)[number];

export const emailWays = ['off', 'at_once', 'digest'] as const;

const way = z.strictObject({ in_app: z.boolean(), email: z.enum(emailWays) });
export type Way = z.infer<typeof way>;

/** Where each kind goes as long as its person has not said otherwise. */
export const defaultWays: Record<NotificationKind, Way> = {
  mentioned: { in_app: true, email: 'at_once' },
  commented: { in_app: true, email: 'digest' },
  assigned: { in_app: true, email: 'at_once' },
  changed: { in_app: true, email: 'off' },
  task_due: { in_app: true, email: 'digest' },
  finished: { in_app: true, email: 'off' },
  duplicates_found: { in_app: true, email: 'off' },
  webhook_disabled: { in_app: true, email: 'at_once' },
  handed_over: { in_app: true, email: 'at_once' },
};

const kinds = <S extends z.ZodType>(of: S) =>
  z.strictObject(Object.fromEntries(notificationKinds.map((kind) => [kind, of])) as Record<NotificationKind, S>);

const rhythm = {
  digest: z.enum(['daily', 'weekly']),
  digest_hour: z.int().min(0).max(23).describe('By the clock of the time zone of the profile'),
  digest_weekday: z.int().min(1).max(7).describe('Of a weekly digest; 1 is Monday'),
};

export const notificationSettings = z
  .object({ kinds: kinds(way), ...rhythm, time_zone: z.string(), version: z.int() })
  .meta({ id: 'NotificationSettings' });
export type NotificationSettings = z.infer<typeof notificationSettings>;

export const notificationSettingsUpdate = z
  .strictObject({ kinds: kinds(way.partial().optional()).partial(), ...rhythm })
  .partial()
  .meta({ id: 'NotificationSettingsUpdate' });
export type NotificationSettingsUpdate = z.infer<typeof notificationSettingsUpdate>;

/** How long one is kept. */
export const notification_days = 90;

const notifications_max = 100;

export const inboxViews = ['unread', 'all', 'snoozed'] as const;

export const notificationQuery = z.strictObject({
  view: z.enum(inboxViews).default('unread'),
  limit: z.coerce.number().int().min(1).max(notifications_max).default(30),
  cursor: z.string().max(4000).optional(),
});
export type NotificationQuery = z.infer<typeof notificationQuery>;

/** Something its person was told of, as they may see it now. Changes of one record that were not read yet are one. */
export const notification = z
  .object({
    id: z.uuid(),
    kind: z.enum(notificationKinds),
    at: z.iso.datetime(),
    read_at: z.iso.datetime().nullable(),
    snoozed_until: z.iso.datetime().nullable(),
    /** How many are shown as this one. */
    grouped: z.int(),
    /** Who caused the last of them; null: the program itself. */
    actor: namedReference.nullable(),
    via: through.nullable(),
    resource: z.string(),
    /** Null: several of the kind. */
    record: namedReference.nullable(),
    /** What was said: the beginning of the comment or note. */
    source: z.object({ resource: z.enum(['comment', 'note']), id: z.uuid(), text: z.string() }).nullable(),
    /** Titles of the fields that were changed; those of work, on all of its records. */
    fields: z.array(z.string()),
    /** Which work has ended. */
    work: z
      .object({
        /** The form of an export, the kind of a change, or `import`. */
        kind: z.string(),
        /** How many rows were written, or how many records are new or changed; null: it did not get so far. */
        rows: z.int().nullable(),
        begun_at: z.iso.datetime({ offset: true }),
      })
      .nullable(),
    state: z.string().nullable().describe('How the work ended, or the day or the time at which the task is due'),
  })
  .meta({ id: 'Notification' });
export type Notification = z.infer<typeof notification>;

export const notificationPage = z.object({ data: z.array(notification), next_cursor: z.string().nullable() });

/** Above this many the number of unread ones is not counted on. */
export const unread_counted_max = 100;

export const notificationSummary = z
  .object({
    unread: z.int().describe(`Up to ${unread_counted_max}`),
    /** When the next snoozed one comes back. */
    wakes_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'NotificationSummary' });

export const notificationUpdate = z
  .strictObject({
    read: z.boolean(),
    snoozed_until: timeText().nullable().describe('It is unread again from then on'),
  })
  .partial()
  .meta({ id: 'NotificationUpdate' });
export type NotificationUpdate = z.infer<typeof notificationUpdate>;

export const notificationState = z.object({
  id: z.uuid(),
  read_at: z.iso.datetime().nullable(),
  snoozed_until: z.iso.datetime().nullable(),
});
