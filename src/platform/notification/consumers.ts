import type { Resource } from '../../kernel/contract/resource.ts';
import type { Consumer } from '../../kernel/feed/consumer.ts';
import type { Services } from '../../kernel/services.ts';
import { notifyOfChanges } from './dispatch.ts';
import { entryTypes, isBegun } from './dispatch-queries.ts';

/**
 * Tells people of changes. An import gets one notification for the whole import, and what nobody asked for gets none.
 */
export function notificationConsumer({ mailer }: Pick<Services, 'mailer'>, records: readonly Resource[]): Consumer {
  const resources = [...records.map(({ name }) => name), ...entryTypes()];
  return {
    name: 'notifications',
    version: 1,
    events: resources.flatMap((resource) => [`${resource}.create`, `${resource}.update`]),
    imports: false,
    starts: 'now',
    handle: async (ctx, events) => {
      const asked = events.filter(({ request_id }) => request_id !== null);
      const [first] = asked;
      if (!first) return;
      // A transaction is told of as a whole, and may be more than comes at once.
      const begun = (await isBegun(ctx, first, resources)) ? first.xid : undefined;
      const xids = [...new Set(asked.map(({ xid }) => xid))].filter((xid) => xid !== begun);
      if (xids.length > 0) await notifyOfChanges(ctx, records, xids, mailer);
    },
  };
}
