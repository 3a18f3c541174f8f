import { LRUCache } from 'lru-cache';
import { type ColumnProfile, isWords } from './infer.ts';
import { normalise } from './normalise.ts';
import type { TargetField, TargetResource, TargetType } from './target.ts';

/** What a file of five hundred columns is compared with, and its columns. */
const texts_known_max = 10_000;
const knownWords = new LRUCache<string, readonly string[]>({ max: texts_known_max });

/**
 * `dealStage`, `Deal_Stage (text)` and `deal stage` are the same words. What stands in brackets is a unit or a hint.
 */
export function words(text: string): readonly string[] {
  let found = knownWords.get(text);
  if (!found) {
    found = splitWords(text);
    knownWords.set(text, found);
  }
  return found;
}

function splitWords(text: string): string[] {
  return text
    .replace(/[([][^()[\]]*[)\]]/g, ' ')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .map(normalise)
    .filter((word) => word !== '');
}

interface KnownName {
  joined: string;
  words: readonly string[];
}

const namesOfField = new WeakMap<TargetField, KnownName[]>();

function namesOf(field: TargetField): KnownName[] {
  let names = namesOfField.get(field);
  if (!names) {
    names = [field.name, field.label, ...field.synonyms].map((name) => ({
      joined: words(name).join(''),
      words: words(name),
    }));
    namesOfField.set(field, names);
  }
  return names;
}

/** How surely a column name means a field: 1 when it is one of its names, less for a name within another. */
export function headerScore(header: string, field: TargetField, resource: TargetResource): number {
  const own = words(header);
  const together = own.join('');
  if (together === '') return 0;
  let best = 0;
  for (const name of namesOf(field)) {
    if (together === name.joined) return 1;
    if (together.endsWith(name.joined) && isNameOf(resource, together.slice(0, -name.joined.length))) best = 0.95;
    else if (name.words.every((word) => own.includes(word)))
      best = Math.max(best, (0.8 * name.words.length) / own.length);
  }
  return best;
}

/** Whether a column is called as the field itself is here, not by another word for it. */
export function isOwnName(header: string, field: TargetField): boolean {
  const together = words(header).join('');
  return [field.name, field.label].some((name) => words(name).join('') === together);
}

function isNameOf(resource: TargetResource, joined: string): boolean {
  return resource.synonyms.some((synonym) => normalise(synonym) === joined);
}

type Kind = ColumnProfile['type']['kind'];

const fits: Record<TargetType, readonly Kind[]> = {
  text: ['text', 'enum', 'country', 'integer', 'phone', 'email', 'url', 'boolean', 'decimal', 'money'],
  long_text: ['text', 'enum', 'url'],
  integer: ['integer'],
  decimal: ['decimal', 'integer'],
  money: ['money', 'decimal', 'integer'],
  currency: ['enum', 'text'],
  date: ['date', 'integer', 'decimal'],
  boolean: ['boolean', 'enum', 'integer'],
  email: ['email'],
  phone: ['phone', 'integer', 'text'],
  url: ['url'],
  country: ['country', 'text', 'enum'],
  select: ['enum', 'text', 'boolean', 'integer'],
  tags: ['text', 'enum'],
  list: ['text', 'enum', 'email', 'phone', 'url', 'integer', 'decimal', 'money', 'date'],
  numbers: ['decimal', 'integer', 'money', 'text', 'enum'],
  id: ['text'],
  duration: ['text', 'enum'],
  time: ['date', 'integer', 'decimal'],
  birthday: ['date', 'text', 'enum', 'integer'],
  addresses: ['text', 'enum'],
  secret: ['text', 'enum', 'integer', 'decimal', 'date', 'phone', 'money', 'boolean', 'country'],
  note: ['text', 'enum', 'email', 'phone', 'url', 'boolean', 'country', 'integer', 'decimal', 'money', 'date'],
};

/** Kinds that nearly name the field by themselves, whatever the column is called. */
const telling: Partial<Record<TargetType, Kind>> = { email: 'email', url: 'url', phone: 'phone', country: 'country' };

export function valueFactor(profile: ColumnProfile, field: TargetField): number {
  if (profile.blank + nullCount(profile) >= profile.rows) return 0.9;
  const kind = profile.type.kind;
  if (telling[field.type] === kind) return 1.1;
  // A city column full of countries, or an owner column full of e-mail addresses, is something else's name.
  if (field.type === 'text' && kind === 'country') return 0.8;
  // Of two fields that may be meant, a day belongs into the one of days.
  if (field.type === 'time' && kind === 'date' && !hasTimes(profile)) return 0.85;
  return fits[field.type].includes(kind) ? 1 : 0;
}

const hasTimes = ({ distinct }: ColumnProfile): boolean => distinct.keys().some((text) => /\d:\d\d/.test(text));

/** The column as its field has to read it, where too few values fit to take all of it for that. */
export function readFor(profile: ColumnProfile, field: TargetField): ColumnProfile {
  const fit = fits[field.type];
  // What its cells are is nothing to keep of them.
  if (field.type === 'secret')
    return { ...profile, type: { kind: 'text' }, null_markers: [], questions: [], problems: [] };
  const reading =
    isWords(profile.type) && !fit.includes(profile.type.kind)
      ? profile.otherwise?.find(({ type }) => fit.includes(type.kind))
      : undefined;
  const read = reading ? { ...profile, ...reading } : profile;
  return field.mask ? withoutCells(read) : read;
}

/** Of a column that goes into a sealed field: its kind, and questions that quote none of its cells. */
const withoutCells = (profile: ColumnProfile): ColumnProfile => ({
  ...profile,
  type: isWords(profile.type) ? { kind: 'text' } : profile.type,
  questions: profile.questions.map((question) => ({
    ...question,
    options: question.options.map(({ value }) => ({ value, label: value })),
  })),
});

/** For a column whose name says nothing. */
export function valueScore(profile: ColumnProfile, field: TargetField): number {
  return telling[field.type] === profile.type.kind ? 0.55 : 0;
}

function nullCount(profile: ColumnProfile): number {
  return profile.null_markers.reduce((count, marker) => count + (profile.distinct.get(marker) ?? 0), 0);
}
