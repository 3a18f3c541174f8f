import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { comparedText, compareNames, letterSet, type NamePosition } from './comparing.ts';
import type { NameQuery, NameTier } from './name-query.ts';

/** A record, and the names that it is searched by. */
export interface NamedRecord {
  id: string;
  name: string;
  /** Further names, which are no part of its name. */
  also: readonly string[];
}

interface Entry extends NamePosition {
  /** All of its names, as they are compared. */
  text: string;
  letters: number;
  /** Its place in the order of names. */
  place: number;
}

export interface FoundName {
  id: string;
  tier: NameTier;
}

/** How many that match equally well are proposed at most. */
const proposed_max = 1_000;
/** What an entry takes beside its text, about. */
const entry_bytes = 400;
const merged_at_once = 5_000;
const misspelt_at_once = 1_000;

export const searchedText = ({ name, also }: Omit<NamedRecord, 'id'>): string =>
  comparedText([name, ...also].join(' '));

function entryOf({ id, name, also }: NamedRecord): Entry {
  const text = searchedText({ name, also });
  return { id, name, text, letters: letterSet(text), place: 0 };
}

/** The names of the records of one type in a workspace, in memory: by id, and in their order. */
export class NameIndex {
  private readonly byId = new Map<string, Entry>();
  private readonly ordered: Entry[];
  private areNumbered = false;
  bytes = 0;

  private constructor(ordered: Entry[]) {
    this.ordered = ordered;
    for (const entry of ordered) {
      this.byId.set(entry.id, entry);
      this.bytes += bytesOf(entry);
    }
  }

  /** Made of parts that are in order each. Others have their turn meanwhile. */
  static async of(parts: readonly NamePart[]): Promise<NameIndex> {
    let runs = parts.map(({ entries }) => entries);
    while (runs.length > 1) {
      const merged: Entry[][] = [];
      for (let at = 0; at < runs.length; at += 2) merged.push(await merge(runs[at]!, runs[at + 1] ?? []));
      runs = merged;
    }
    return new NameIndex([...(runs[0] ?? [])]);
  }

  get size(): number {
    return this.ordered.length;
  }

  set(record: NamedRecord): void {
    const entry = entryOf(record);
    const before = this.byId.get(entry.id);
    if (before?.name === entry.name && before.text === entry.text) return;
    this.delete(entry.id);
    this.byId.set(entry.id, entry);
    this.bytes += bytesOf(entry);
    this.ordered.splice(this.placeAfter(entry), 0, entry);
    this.areNumbered = false;
  }

  delete(id: string): void {
    const entry = this.byId.get(id);
    if (!entry) return;
    this.byId.delete(id);
    this.bytes -= bytesOf(entry);
    this.ordered.splice(this.placeAfter(entry) - 1, 1);
    this.areNumbered = false;
  }

  /** All that it holds. */
  *entries(): Iterable<NamePosition & { text: string }> {
    yield* this.ordered;
  }

  /** The ids behind a position, in the order of names or backwards. */
  *idsAfter(position: NamePosition | undefined, descending: boolean): Iterable<string> {
    if (descending) {
      const from = position ? this.placeBefore(position) : this.ordered.length;
      for (let at = from - 1; at >= 0; at--) yield this.ordered[at]!.id;
    } else {
      const from = position ? this.placeAfter(position) : 0;
      for (let at = from; at < this.ordered.length; at++) yield this.ordered[at]!.id;
    }
  }

  /** These ids in the order of names, without those that are not there. */
  inOrder(ids: Iterable<string>): NamePosition[] {
    this.number();
    const found = [...ids].flatMap((id) => this.byId.get(id) ?? []);
    return found.sort((a, b) => a.place - b.place);
  }

  positionOf(id: string): NamePosition | undefined {
    return this.byId.get(id);
  }

  /** The ids of records whose compared texts hold, among these or all. */
  idsWhere(holds: (name: string) => boolean, among?: ReadonlySet<string>): string[] {
    return this.among(among).flatMap(({ id, name }) => (holds(name) ? id : []));
  }

  /** The records that match, the best first, among these or all. */
  find(query: NameQuery, among?: ReadonlySet<string>): FoundName[] {
    const tiers: Record<NameTier, FoundName[]> = { 2: [], 3: [], 4: [] };
    const { letters } = query;
    for (const entry of this.among(among)) {
      if ((letters & ~entry.letters) !== 0) continue;
      const tier = query.tierOf(entry.text);
      if (tier === undefined || tiers[tier].length >= proposed_max) continue;
      tiers[tier].push({ id: entry.id, tier });
    }
    return [...tiers[2], ...tiers[3], ...tiers[4]];
  }

  /** The ids of records that nearly match, the most alike first. Others have their turn meanwhile. */
  async findMisspelt(query: NameQuery, among?: ReadonlySet<string>): Promise<string[]> {
    if (!query.allowsErrors) return [];
    const found = new Map<string, number>();
    let looked = 0;
    for (const { id, text, letters } of this.among(among)) {
      if (!query.mayNearlyMatch(letters)) continue;
      const likeness = query.likenessOf(text);
      if (likeness !== undefined) found.set(id, likeness);
      if (found.size === proposed_max) break;
      if (++looked % misspelt_at_once === 0) await yieldToOthers();
    }
    return [...found].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)).map(([id]) => id);
  }

  /** In the order of names. */
  private among(ids: ReadonlySet<string> | undefined): readonly Entry[] {
    if (!ids) return this.ordered;
    this.number();
    return [...ids].flatMap((id) => this.byId.get(id) ?? []).sort((a, b) => a.place - b.place);
  }

  private number(): void {
    if (this.areNumbered) return;
    for (const [place, entry] of this.ordered.entries()) entry.place = place;
    this.areNumbered = true;
  }

  /** How many stand before a position, or at it. */
  private placeAfter(position: NamePosition): number {
    return this.count((entry) => compareNames(entry, position) <= 0);
  }

  private placeBefore(position: NamePosition): number {
    return this.count((entry) => compareNames(entry, position) < 0);
  }

  /** How many of the first hold, where all that hold stand before all that do not. */
  private count(holds: (entry: Entry) => boolean): number {
    let [from, until] = [0, this.ordered.length];
    while (from < until) {
      const middle = (from + until) >> 1;
      if (holds(this.ordered[middle]!)) from = middle + 1;
      else until = middle;
    }
    return from;
  }
}

const bytesOf = ({ name, text }: Entry): number => entry_bytes + name.length + text.length;

/** Some records in the order of their names. */
export class NamePart {
  readonly entries: readonly Entry[];
  constructor(records: readonly NamedRecord[]) {
    this.entries = records.map(entryOf).sort(compareNames);
  }
}

async function merge(ours: readonly Entry[], theirs: readonly Entry[]): Promise<Entry[]> {
  const merged: Entry[] = [];
  let [our, their] = [0, 0];
  while (our < ours.length || their < theirs.length) {
    const isOurs = their === theirs.length || (our < ours.length && compareNames(ours[our]!, theirs[their]!) <= 0);
    merged.push(isOurs ? ours[our++]! : theirs[their++]!);
    if (merged.length % merged_at_once === 0) await yieldToOthers();
  }
  return merged;
}
