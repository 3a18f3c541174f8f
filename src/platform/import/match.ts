import { distance } from 'fastest-levenshtein';
import { withoutLegalForm } from './legal-form.ts';
import { normalise } from './normalise.ts';

export interface Named<T> {
  name: string;
  record: T;
}

/** A name by which the record with this id can be meant. */
export type NamedRecord = Named<string>;

export type Match<T> =
  | { kind: 'exact' | 'normalised'; name: string; record: T }
  | { kind: 'created'; name: string; record: T; suggestion: string | null }
  | { kind: 'ambiguous'; names: string[] }
  | { kind: 'missing'; suggestion: string | null };

const comparisons_max = 5_000_000;

/**
 * Finds records by what people call them: exactly, then apart from case, spaces, punctuation and accents. A name that
 * fits two records is never decided here, and a merely similar one is only suggested.
 */
export class RelationMatcher<T> {
  readonly #exact = new Map<string, Named<T>[]>();
  readonly #normalised = new Map<string, Named<T>[]>();
  /** By their names without legal forms. */
  readonly #bare = new Map<string, string>();
  #comparisons = 0;

  constructor(candidates: Iterable<Named<T>>) {
    for (const candidate of candidates) {
      collect(this.#exact, candidate.name, candidate);
      const key = normalise(candidate.name);
      if (key !== '') collect(this.#normalised, key, candidate);
      this.suggestLater(candidate.name);
    }
  }

  /** A name that may be suggested for others like it from now on. */
  suggestLater(name: string): void {
    const bare = withoutLegalForm(name);
    if (bare !== '' && !this.#bare.has(bare)) this.#bare.set(bare, name);
  }

  match(text: string): Match<T> {
    const name = text.trim();
    const exact = this.#exact.get(name);
    if (exact) return picked('exact', exact);
    const key = normalise(name);
    const normalised = this.#normalised.get(key);
    if (normalised) return picked('normalised', normalised);
    return { kind: 'missing', suggestion: this.#bare.get(withoutLegalForm(name)) ?? this.#closest(key) };
  }

  /** One typing mistake in five characters at most, and no guess between two that are equally close. */
  #closest(key: string): string | null {
    const allowed = Math.min(3, Math.floor(key.length / 5) + (key.length >= 4 ? 1 : 0));
    let best: { name: string; distance: number } | null = null;
    let tied = false;
    for (const [other, [candidate]] of this.#normalised) {
      if (Math.abs(other.length - key.length) > allowed) continue;
      if (++this.#comparisons > comparisons_max) return null;
      const found = distance(key, other);
      if (found > allowed || (best && found > best.distance)) continue;
      tied = best?.distance === found;
      best = { name: candidate!.name, distance: found };
    }
    return tied ? null : (best?.name ?? null);
  }
}

function collect<T>(map: Map<string, Named<T>[]>, key: string, candidate: Named<T>): void {
  const there = map.get(key);
  if (there) there.push(candidate);
  else map.set(key, [candidate]);
}

function picked<T>(kind: 'exact' | 'normalised', found: Named<T>[]): Match<T> {
  const [only] = found;
  if (found.length === 1) return { kind, name: only!.name, record: only!.record };
  return { kind: 'ambiguous', names: found.map((candidate) => candidate.name) };
}

export interface MatchReport {
  exact_rows: number;
  /** Found apart from spelling: `{ text: 'GTXPro', name: 'GTX Pro', rows: 1480 }`. */
  normalised: { text: string; name: string; rows: number }[];
  ambiguous: { text: string; names: string[]; rows: number }[];
  missing: { text: string; suggestion: string | null; rows: number }[];
}

/** `values`: how many rows have each text. What needs a look comes with the most rows first. */
export function reportMatches(values: ReadonlyMap<string, number>, matcher: RelationMatcher<unknown>): MatchReport {
  const report: MatchReport = { exact_rows: 0, normalised: [], ambiguous: [], missing: [] };
  for (const [text, rows] of [...values].sort((a, b) => b[1] - a[1])) {
    const match = matcher.match(text);
    if (match.kind === 'created') continue;
    if (match.kind === 'missing') report.missing.push({ text, suggestion: match.suggestion, rows });
    else if (match.kind === 'ambiguous') report.ambiguous.push({ text, names: match.names, rows });
    else if (match.kind === 'normalised') report.normalised.push({ text, name: match.name, rows });
    else report.exact_rows += rows;
  }
  return report;
}
