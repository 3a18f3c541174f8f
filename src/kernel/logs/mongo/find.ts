import type { Collection, Db, Filter } from 'mongodb';
import type { LogLine } from '../line.ts';
import type { FoundCounts, FoundLines, LogFilter } from '../log-store.ts';
import { collectionsFor, type LineDocument } from './collections.ts';

/** For how long one answer looks; a search that reached nothing yet may go on for longer. */
const budget_ms = 250;
const first_part_ms_max = 2_000;
const whole_ms_max = 4_000;
/** The part of the time that is looked through first when lines have to be read for their text. */
const text_part_ms = 300_000;
/** When a part was looked through so quickly, the next is larger. */
const quick_ms = 60;
const slot_ms = 300_000;
const counted_batch = 20_000;
/** MongoDB's code for an answer that would take longer than it may. */
const outOfTime = 50;

export const slotOf = (at: Date): Date => new Date(Math.floor(at.getTime() / slot_ms) * slot_ms);

/** A text as a pattern that matches it alone. */
const literally = (text: string): string =>
  text.replace(/[^\w\P{ASCII}]/gu, (char) =>
    /\p{Cc}/u.test(char) ? `\\x{${char.charCodeAt(0).toString(16)}}` : `\\${char}`,
  );

function conditionOf({ level, tenant_id, user_id, route, request_id, trace_id, text }: LogFilter, isError: boolean) {
  const condition: Filter<LineDocument> = {};
  for (const [name, value] of Object.entries({ tenant_id, user_id, route, request_id, trace_id }))
    if (value !== undefined) condition[name] = value;
  if (level !== undefined && level > 30 && !(isError && level <= 50)) condition.level = { $gte: level };
  if (text !== undefined) {
    const pattern = { $regex: literally(text), $options: 'i' };
    condition.$or = [{ message: pattern }, { data: pattern }];
  }
  return condition;
}

/** The collections that a filter concerns, each with the filter as a condition. */
const sourcesOf = (
  db: Db,
  filter: LogFilter,
): { collection: Collection<LineDocument>; where: Filter<LineDocument> }[] =>
  collectionsFor(filter).map((name) => ({
    collection: db.collection<LineDocument>(name),
    where: conditionOf(filter, name === 'error_logs'),
  }));

const isOutOfTime = (error: unknown): boolean => (error as { code?: unknown }).code === outOfTime;

/**
 * A database to look in, and whether a part of the time costs it less than all of it: some servers read a collection as
 * a whole.
 */
export interface Searched {
  db: Db;
  byParts: boolean;
}

/**
 * Looks through the time from its end to its beginning, part by part: those that take too long are made smaller, those
 * that were quick are followed by larger ones. The first part gets longer each time, so that each answer comes further.
 * `look` says whether it has enough. Answers how far back it came when the time for one answer was over.
 */
export async function backwards(
  { from, to, first }: { from: number; to: number; first: number },
  look: (from: number, to: number, ms: number) => Promise<boolean>,
): Promise<number | null> {
  const began = performance.now();
  let [until, size, first_ms] = [to, first, budget_ms];
  while (until > from) {
    const spent = performance.now() - began;
    const isFirst = until === to;
    if (!isFirst && spent > budget_ms) return until;
    const part = Math.max(from, until - size);
    try {
      if (await look(part, until, isFirst ? first_ms : Math.max(50, Math.ceil(budget_ms - spent)))) return null;
    } catch (error) {
      if (!isOutOfTime(error) || (isFirst && first_ms >= first_part_ms_max)) throw error;
      size = Math.max(1, Math.floor((until - part) / 16));
      first_ms *= 2;
      continue;
    }
    until = part;
    if (performance.now() - began - spent < quick_ms) size *= 4;
  }
  return null;
}

/** Reads the whole period at once, where `backwards` reads part by part. */
async function wholly(
  { from, to }: { from: number; to: number },
  look: (from: number, to: number, ms: number) => Promise<boolean>,
): Promise<null> {
  if (to > from) await look(from, to, whole_ms_max);
  return null;
}

const newestFirst = (a: LineDocument, b: LineDocument): number =>
  b.at.getTime() - a.at.getTime() || (a._id < b._id ? 1 : a._id > b._id ? -1 : 0);

const lineOf = ({ _id, at, slot: _, ...rest }: LineDocument): LogLine => ({ ...rest, id: _id, at: at.toISOString() });

export async function findLines(
  { db, byParts }: Searched,
  filter: LogFilter,
  before: Pick<LogLine, 'at' | 'id'> | undefined,
  limit: number,
): Promise<FoundLines> {
  const sources = sourcesOf(db, filter);
  const found: LineDocument[] = [];
  const from = Date.parse(filter.from);
  // Of the millisecond of the line before which they are wanted, those with a lower id.
  const to = before ? Date.parse(before.at) + 1 : Date.parse(filter.to);
  const first = filter.text === undefined ? Math.max(1, to - from) : text_part_ms;
  const last: Filter<LineDocument> | undefined = before && {
    $or: [{ at: { $lt: new Date(before.at) } }, { at: new Date(before.at), _id: { $lt: before.id } }],
  };
  const searched_to = await (byParts ? backwards : wholly)({ from, to, first }, async (since, until, ms) => {
    const time = { at: { $gte: new Date(since), $lt: new Date(until) } };
    const only = until === to && last ? { ...time, $and: [last] } : time;
    const missing = limit - found.length;
    const pages = await Promise.all(
      sources.map(({ collection, where }) =>
        collection
          .find({ ...where, ...only }, { projection: { slot: 0 } })
          .sort({ at: -1, _id: -1 })
          .limit(missing)
          .batchSize(missing)
          .maxTimeMS(ms)
          .toArray(),
      ),
    );
    found.push(...pages.flat().sort(newestFirst).slice(0, missing));
    return found.length >= limit;
  });
  return {
    lines: found.map(lineOf),
    searched_to: searched_to === null ? null : new Date(searched_to).toISOString(),
  };
}

/**
 * Counts lines by bars: for wide ones the server counts lines by five minutes, for narrow ones each line is read and
 * counted here.
 */
export async function countLines({ db, byParts }: Searched, filter: LogFilter, bars: number): Promise<FoundCounts> {
  const sources = sourcesOf(db, filter);
  const [from, to] = [Date.parse(filter.from), Date.parse(filter.to)];
  const width = (to - from) / bars;
  const counts = Array.from({ length: bars }, (): [number, number, number] => [0, 0, 0]);
  const add = (into: [number, number, number][], at: Date, level: number, lines: number) => {
    const bar = into[Math.min(bars - 1, Math.max(0, Math.floor((at.getTime() - from) / width)))]!;
    bar[0] += lines;
    if (level >= 50) bar[2] += lines;
    else if (level >= 40) bar[1] += lines;
  };
  const counted_to = await (byParts ? backwards : wholly)({ from, to, first: to - from }, async (since, until, ms) => {
    // A part that takes too long is counted again, and must not leave half of its lines.
    const part = Array.from({ length: bars }, (): [number, number, number] => [0, 0, 0]);
    const time = { at: { $gte: new Date(since), $lt: new Date(until) } };
    await Promise.all(
      sources.map(async ({ collection, where }) => {
        const condition: Filter<LineDocument> = { ...where, ...time };
        if (width >= slot_ms) {
          const groups = collection.aggregate<{ _id: { slot: Date; level: number }; lines: number }>(
            [{ $match: condition }, { $group: { _id: { slot: '$slot', level: '$level' }, lines: { $sum: 1 } } }],
            { maxTimeMS: ms },
          );
          for await (const { _id, lines } of groups) add(part, _id.slot, _id.level, lines);
          return;
        }
        const began = performance.now();
        const cursor = collection
          .find(condition, { projection: { _id: 0, at: 1, level: 1 } })
          .batchSize(counted_batch)
          .maxTimeMS(ms);
        let left = counted_batch;
        for await (const { at, level } of cursor) {
          add(part, at, level, 1);
          if (--left > 0) continue;
          if (performance.now() - began > ms)
            throw Object.assign(new Error('Counting takes too long'), { code: outOfTime });
          left = counted_batch;
        }
      }),
    );
    for (const [i, [lines, warnings, errors]] of part.entries()) {
      counts[i]![0] += lines;
      counts[i]![1] += warnings;
      counts[i]![2] += errors;
    }
    return false;
  });
  return { bars: counts, counted_to: counted_to === null ? null : new Date(counted_to).toISOString() };
}
