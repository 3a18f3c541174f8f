import { type ConsumerHealth, readFeedHealth } from '../kernel/feed/queries.ts';
import { type Call, type Command, listed, listed_max, UsageError, withDatabase, withSystem } from './command.ts';

interface SetAside {
  tenant: string;
  consumer: string;
  seq: string;
  action: string | null;
  resource: string | null;
  record_id: string | null;
  error: string;
  set_aside_at: string;
  again: boolean;
}

/** A condition on `s`, by the flags that both commands take. */
function chosen({ flags: { consumer, seq } }: Call): { condition: string; values: string[] } {
  if (seq !== undefined && !/^\d+$/.test(seq)) throw new UsageError('--seq takes the number of an event');
  const parts = { 's.consumer': consumer, 's.seq::text': seq };
  const given = Object.entries(parts).filter((part): part is [string, string] => part[1] !== undefined);
  return {
    condition: given.map(([column], at) => `${column} = $${at + 1}`).join(' and ') || 'true',
    values: given.map(([, value]) => value),
  };
}

/** The condition that the event of `s` is in the database: old months are moved to the file store. */
const isStored = 'exists (select from audit_event e where e.tenant_id = s.tenant_id and e.seq = s.seq and e.at = s.at)';

/** A name that no consumer has would choose nothing, as if all were well. */
async function requireConsumer(call: Call): Promise<ConsumerHealth[]> {
  const consumers = await withDatabase(call, readFeedHealth);
  const { consumer } = call.flags;
  if (consumer === undefined) return consumers;
  const chosen = consumers.filter((each) => each.consumer === consumer);
  if (chosen.length > 0) return chosen;
  const names = consumers.map((each) => each.consumer).join(', ');
  throw new UsageError(
    `There is no consumer "${consumer}". ${names ? `Choose one of: ${names}` : 'There is none yet.'}`,
  );
}

const which = { consumer: { help: 'Of this consumer' }, seq: { help: 'This event' } };

export const feedCommands: Command[] = [
  {
    name: 'feed list',
    reads: true,
    summary: 'Shows how far the consumers of changes are, and the events that they could not handle.',
    flags: which,
    run: async (call) => {
      const consumers = await requireConsumer(call);
      const { condition, values } = chosen(call);
      const aside = await withSystem(call, async (client) => {
        const { rows } = await client.query<SetAside>(
          `select t.name as tenant, s.consumer, s.seq, e.action, e.resource, e.record_id, s.error, s.set_aside_at, s.again
           from feed_set_aside s join tenant t on t.id = s.tenant_id
           left join audit_event e on e.tenant_id = s.tenant_id and e.seq = s.seq and e.at = s.at
           where ${condition} order by s.set_aside_at desc limit ${listed_max + 1}`,
          values,
        );
        return listed(call, rows, 'newest');
      });
      const lines = consumers.map(
        ({ consumer, version, behind, lag_seconds, error }) =>
          `${consumer}${version === null ? '' : ` ${version}`}: ${lag_seconds === 0 ? 'up to date' : `${lag_seconds.toFixed(1)} s behind in ${behind} workspaces`}${error ? `; last error: ${error}` : ''}`,
      );
      const asideLines = aside.map(
        (s) =>
          `set aside  ${s.tenant}  ${s.consumer}  ${s.seq}  ${s.action === null ? 'archived' : `${s.action} ${s.resource} ${s.record_id}`}${s.again ? '  (is tried again)' : ''}: ${s.error}`,
      );
      call.answer({ consumers, set_aside: aside }, [...lines, ...asideLines].join('\n'));
      return 0;
    },
  },
  {
    name: 'feed retry',
    summary: 'Hands events that were set aside to their consumers again. A worker has to run.',
    flags: which,
    run: async (call) => {
      await requireConsumer(call);
      const { condition, values } = chosen(call);
      const count = await withSystem(call, async (client) => {
        const { rowCount } = await client.query(
          `update feed_set_aside s set again = true where not s.again and ${isStored} and ${condition}`,
          values,
        );
        const { rows } = await client.query<{ archived: number }>(
          `select count(*)::int as archived from feed_set_aside s where not ${isStored} and ${condition}`,
          values,
        );
        return { events: rowCount ?? 0, archived: rows[0]!.archived };
      });
      const lines = [`${count.events} events are tried again.`];
      if (count.archived > 0)
        lines.push(`${count.archived} are not: their months were moved to the file store, or deleted.`);
      call.answer(count, lines.join('\n'));
      return 0;
    },
  },
];
