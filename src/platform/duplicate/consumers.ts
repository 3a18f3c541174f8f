import { type Consumer, type FeedEvent, NotNow } from '../../kernel/feed/consumer.ts';
import { checkRecords } from './check-queries.ts';
import { suspectResource, suspectTypes } from './contract.ts';
import { searchAfterFlood } from './jobs.ts';
import type { Rule } from './rule/contract.ts';
import { rulesOf } from './rule/rules.ts';
import { mayWriteSuspects } from './suspect-queries.ts';
import { wayOf } from './way/contract.ts';

/**
 * So many records are compared one by one; when more come at once, all are searched some time after the flood began.
 */
const compared_max = 50;
/** While all are searched, nothing is compared. */
const retry_seconds = 1;

const comparedOf = (type: string): readonly string[] =>
  wayOf(type)?.compared ?? [...suspectResource(type).duplicateKeys!, 'deleted_at'];

/** Compares records that somebody made or changed with the others. An import is searched as a whole when it is done. */
export const duplicateConsumer = (): Consumer => ({
  name: 'duplicates',
  version: 1,
  events: suspectTypes().flatMap((resource) => [`${resource}.create`, `${resource}.update`]),
  imports: false,
  starts: 'now',
  // While programs write hundreds a second, comparing each took as much of the database as writing it. Resting, it
  // falls behind, and all are searched.
  rests: 9,
  handle: async (ctx, events) => {
    const due = suspectTypes().map((resource) => [resource, recordsOf(resource, events)] as const);
    const count = due.reduce((sum, [, ids]) => sum + ids.length, 0);
    if (count === 0) return;
    if (count >= compared_max) return void (await searchAfterFlood(ctx));
    if (!(await mayWriteSuspects(ctx))) throw new NotNow(retry_seconds);
    // The rules of all before anything else: who changes them has all searched anew.
    const rules = new Map<string, Rule[]>();
    for (const [resource] of due) rules.set(resource, await rulesOf(ctx, resource));
    const writes = [];
    for (const [resource, ids] of due)
      if (ids.length > 0) writes.push(await checkRecords(ctx, resource, ids, rules.get(resource)!));
    for (const write of writes) await write();
  },
});

function recordsOf(resource: string, events: readonly FeedEvent[]): string[] {
  const matter = events.filter(
    (event) =>
      event.resource === resource &&
      (event.action === 'create' || event.fields?.some((field) => comparedOf(resource).includes(field))),
  );
  return [...new Set(matter.flatMap(({ record_id }) => record_id ?? []))].sort();
}
