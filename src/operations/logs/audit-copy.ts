import { type Consumer, NotNow } from '../../kernel/feed/consumer.ts';
import { forgetConsumer } from '../../kernel/feed/queries.ts';
import type { Services } from '../../kernel/services.ts';

const name = 'log.audit';
/**
 * While the store is away, nobody asks it: each batch would hold one of the few places of consumers until it gave up.
 */
const away_seconds = 15;

/**
 * Copies the audit trail to where the log is searched, if that is not the database. The store ignores events that it
 * has, so that a batch whose answer was lost may be sent again; nothing is written to the database meanwhile, so the
 * feed is not held up.
 */
export function auditCopyConsumers({ logStore, log, db }: Pick<Services, 'logStore' | 'log' | 'db'>): Consumer[] {
  if (!logStore.copyAudit) {
    forgetConsumer(db, name).catch((error: Error) =>
      log.warn({ err: error, consumer: name }, 'a consumer of the feed that is not used any more was not forgotten'),
    );
    return [];
  }
  let askAgainAt = 0;
  return [
    {
      name,
      version: 1,
      events: ['*'],
      imports: true,
      starts: 'beginning',
      rests: 1,
      handle: async ({ tenant_id }, events) => {
        if (performance.now() < askAgainAt) throw new NotNow(away_seconds);
        try {
          await logStore.copyAudit!(
            events.map(({ seq, at, action, resource, record_id, fields, actor_id, request_id, import_id, cause }) => ({
              seq, at, tenant_id, action, resource, record_id, fields, actor_id, request_id, import_id, cause,
            })), // biome-ignore format: the parts of an event
          );
        } catch (error) {
          log.warn({ err: error }, 'the audit trail could not be copied to the log store; it is tried again');
          askAgainAt = performance.now() + away_seconds * 1_000;
          throw new NotNow(away_seconds);
        }
      },
    },
  ];
}
