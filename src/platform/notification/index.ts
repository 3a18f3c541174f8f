import { z } from 'zod';
import { idParams, type Resource } from '../../kernel/contract/resource.ts';
import { timeText } from '../../kernel/contract/time.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import type { Services } from '../../kernel/services.ts';
import {
  notificationPage,
  notificationQuery,
  notificationSettings,
  notificationSettingsUpdate,
  notificationState,
  notificationSummary,
  notificationUpdate,
} from './contract.ts';
import { changeNotification, listInbox, personOf, personToChange, readAll } from './inbox.ts';
import { summarise } from './inbox-queries.ts';
import { leaveDigest } from './mail.ts';
import { changeSettings, readOwnSettings } from './settings.ts';
import { type OtherMails, unsubscribeRoutes } from './unsubscribe.ts';

export { notificationConsumer } from './consumers.ts';
export { germanOfNotifications } from './de.ts';
export { notifyOfDue, notifyOfWebhook } from './dispatch.ts';
export { about } from './dispatch-queries.ts';
export { personOf, personToChange } from './inbox.ts';
export { notificationJobs } from './jobs.ts';
export { personActor } from './mail.ts';
export { findRecipient } from './mail-queries.ts';
export { unsubscribeUrl } from './unsubscribe.ts';

const base = '/api/v1/notifications';
const settings = '/api/v1/notification-settings';
const tag = 'Notifications';

/** What one is told of oneself, about these nouns and what hangs on them. */
export const notificationRoutes = (
  services: Pick<Services, 'db' | 'keyRing'>,
  records: readonly Resource[],
  otherMails: OtherMails,
): Route[] => [
  ...unsubscribeRoutes(services, otherMails),
  route({
    method: 'GET',
    path: base,
    tag,
    summary: 'What one was told of, newest first',
    access: 'signed_in',
    query: notificationQuery,
    response: notificationPage,
    handler: async (ctx, { query }) => ({ body: await listInbox(ctx, records, query) }),
  }),
  route({
    method: 'GET',
    path: `${base}/summary`,
    tag,
    summary: 'How many are unread',
    access: 'signed_in',
    response: notificationSummary,
    handler: async (ctx) => {
      personOf(ctx);
      return { body: await summarise(ctx, records) };
    },
  }),
  route({
    method: 'PATCH',
    path: `${base}/{id}`,
    tag,
    summary: 'Mark one as read or unread, or have it come back later',
    access: 'signed_in',
    params: idParams,
    body: notificationUpdate,
    response: notificationState,
    handler: async (ctx, { params, body }) => ({ body: await changeNotification(ctx, records, params.id, body) }),
  }),
  route({
    method: 'POST',
    path: `${base}/readings`,
    tag,
    summary: 'Mark all that came until a moment as read',
    access: 'signed_in',
    status: 200,
    body: z.strictObject({ until: timeText() }),
    response: z.object({ read: z.int() }),
    handler: async (ctx, { body }) => ({ body: { read: await readAll(ctx, records, body.until) } }),
  }),
  route({
    method: 'GET',
    path: settings,
    tag,
    summary: 'Where each kind of notification goes',
    access: 'signed_in',
    response: notificationSettings,
    handler: async (ctx) => {
      const body = (await readOwnSettings(ctx, personOf(ctx)))!;
      return { body, version: body.version };
    },
  }),
  route({
    method: 'PATCH',
    path: settings,
    tag,
    summary: 'Say where each kind of notification goes',
    access: 'signed_in',
    heedsIfMatch: true,
    body: notificationSettingsUpdate,
    response: notificationSettings,
    handler: async (ctx, { body, ifMatch }) => {
      const person = personToChange(ctx);
      const changed = await changeSettings(ctx, person, body, ifMatch);
      // What waits comes at the new time.
      await leaveDigest(ctx, person, changed);
      return { body: changed, version: changed.version };
    },
  }),
];
