import { repeatable_fields } from './contract.ts';
import { headerScore, isOwnName, valueFactor, valueScore } from './header-match.ts';
import type { ColumnProfile } from './infer.ts';
import { column_name_characters_max } from './problem.ts';
import type { TargetField, TargetResource } from './target.ts';

export interface ColumnMapping {
  column: string;
  field: string;
  /** 0 to 1; the page has people look at what is below 0.6. */
  confidence: number;
  reason: string;
}

export interface FileMapping {
  resource: string;
  confidence: number;
  columns: ColumnMapping[];
  unmapped: string[];
  /** What else the file might be, best first. */
  alternatives: { resource: string; confidence: number }[];
}

const mapped_min = 0.5;
/**
 * For a column that is called as the field but does not hold it: more than values alone are worth, and to be looked at.
 */
const named_only = 0.58;

/** The mapping for every kind of record the file could hold; the first is the proposal. */
export function proposeMapping(
  profiles: readonly ColumnProfile[],
  targets: readonly TargetResource[],
): FileMapping | null {
  const candidates = targets
    .map((target) => ({ target, columns: mapColumns(profiles, target) }))
    .filter(({ target, columns }) => columns.some((column) => target.identity.includes(column.field)));
  const rarity = rarityOf(candidates.map(({ columns }) => columns));
  const scored = candidates
    .map(({ target, columns }) => ({
      target,
      columns,
      score:
        columns.reduce((sum, column) => sum + column.confidence * rarity(column.column), 0) /
        Math.max(1, profiles.length),
    }))
    .sort((a, b) => b.score - a.score);
  const best = scored[0];
  if (!best) return null;
  const mapped = new Set(best.columns.map((column) => column.column));
  return {
    resource: best.target.resource,
    confidence: confidenceOf(best.score, scored[1]?.score ?? 0),
    columns: best.columns,
    unmapped: profiles.map((profile) => profile.name).filter((name) => !mapped.has(name)),
    alternatives: scored.slice(1).map(({ target, score }) => ({ resource: target.resource, confidence: round(score) })),
  };
}

/**
 * Columns to fields of one kind of record: the surest pair first, each column and each field once. A field that is
 * called as the column comes before those for which that is another word: a workspace may have given it to a field of
 * its own.
 */
export function mapColumns(profiles: readonly ColumnProfile[], target: TargetResource): ColumnMapping[] {
  const pairs = profiles
    .flatMap((profile) => target.fields.map((field) => ({ profile, field, ...scorePair(profile, field, target) })))
    .filter((pair) => pair.score >= mapped_min)
    .sort((a, b) => Number(b.own) - Number(a.own) || b.score - a.score);
  const taken = new Set<string>();
  const fields = new Set<string>();
  const mapping = new Map<string, ColumnMapping>();
  for (const { profile, field, score, reason } of pairs) {
    if (taken.has(profile.name) || (fields.has(field.name) && !takesSeveral(field))) continue;
    taken.add(profile.name);
    fields.add(field.name);
    mapping.set(profile.name, {
      column: profile.name,
      field: field.name,
      confidence: round(Math.min(1, score)),
      reason,
    });
  }
  return profiles.flatMap((profile) => mapping.get(profile.name) ?? []);
}

/** A note is for people to choose: any column could go there. */
const takesSeveral = ({ name, type }: TargetField): boolean => type !== 'note' && repeatable_fields.has(name);

function scorePair(profile: ColumnProfile, field: TargetField, target: TargetResource) {
  const called = headerScore(profile.name, field, target);
  const factor = valueFactor(profile, field);
  if (called === 1 && factor === 0)
    return { own: false, score: named_only, reason: 'Its name fits, but many of its values do not' };
  const own = called === 1 && factor >= 0.9 && isOwnName(profile.name, field);
  const byName = called * factor;
  const byValues = valueScore(profile, field);
  if (byName >= byValues) {
    return {
      own,
      score: byName,
      reason: byName >= 0.85 ? 'Recognised by its name' : 'Recognised by a similar name',
    };
  }
  return { own, score: byValues, reason: 'Recognised by its values' };
}

/** A column that any kind of record could have says little about which one this is. */
function rarityOf(mappings: ColumnMapping[][]): (column: string) => number {
  const times = new Map<string, number>();
  for (const { column } of mappings.flat()) times.set(column, (times.get(column) ?? 0) + 1);
  return (column) => 1 / (times.get(column) ?? 1);
}

function confidenceOf(best: number, second: number): number {
  return best === 0 ? 0 : round(Math.min(1, 0.5 + (best - second) / (2 * best)));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** For the sniffer: whether a text is the name of a field of any record. */
export function knownNames(targets: readonly TargetResource[]): (text: string) => boolean {
  return (text) =>
    text.length <= column_name_characters_max &&
    targets.some((target) => target.fields.some((field) => headerScore(text, field, target) >= 0.95));
}
