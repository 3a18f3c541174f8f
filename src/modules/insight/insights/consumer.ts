import type { Consumer } from '../../../kernel/feed/consumer.ts';
import { sources } from '../meaning/index.ts';
import { deleteAnswersOf } from './queries.ts';

const verbs = ['update', 'trash', 'restore', 'delete'];

/** An answer ends with any of its texts. It would be found no more; here its words go too. */
export const insightConsumer: Consumer = {
  name: 'insight',
  version: 1,
  events: sources.flatMap((resource) => verbs.map((verb) => `${resource}.${verb}`)),
  imports: true,
  starts: 'now',
  handle: async (ctx, events) => {
    const ids = events.flatMap(({ record_id }) => record_id ?? []);
    const changed_at = events
      .map(({ at }) => at)
      .toSorted()
      .at(-1)!;
    if (ids.length > 0) await deleteAnswersOf(ctx, [...new Set(ids)], changed_at);
  },
};
