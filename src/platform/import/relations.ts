import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { scopeOf } from '../../kernel/access/rights.ts';
import { hasSealableLabel } from '../../kernel/resource/label.ts';
import { mayHaveSealed } from '../../kernel/resource/personal.ts';
import { parseCellList } from '../csv/index.ts';
import type { ImportOptions, RelationMatches } from './contract.ts';
import { type CustomTargetField, isCustomReference, putCustomId } from './custom-cells.ts';
import { type Load, type LoadRow, refuseRow } from './load.ts';
import type { MappingInUse } from './mapping-in-use.ts';
import { type Match, type NamedRecord, RelationMatcher } from './match.ts';
import { nameKey } from './normalise.ts';
import { insertByName, keepUnmerged, namedExactly, namedRecords, recordsById } from './relation-queries.ts';
import { columnsOf, type Defaults, type ImportTarget, namesOf, type TargetField } from './target.ts';

/**
 * Of how many records the names are held in memory, to be found apart from spelling; among more, names are looked up
 * exactly.
 */
const candidates_max = 50_000;
const reported_max = 200;
const remembered_max = 100_000;
const counted_max = 10_000;
/** Records that the names of one column make. */
const made_max = 500_000;
const made_name_characters_max = 200;

const uuid = z.uuid();

interface Relation {
  column: string;
  field: TargetField;
  target: ImportTarget;
  /** Null: too many to hold. */
  matcher: RelationMatcher<string> | null;
  known: Map<string, Match<string>>;
  /** Whether it names records of the file itself. */
  isOwn: boolean;
  /** What it may make, by name: spelled in two ways, it is one record. */
  made: Map<string, MadeByName>;
  /** Of them, by id, those that no row that goes in has named yet. */
  pending: Map<string, MadeByName>;
  /**
   * How many records an earlier attempt has made by name, and of the names that it reported, what it suggested instead.
   */
  earlier: { created_count: number; suggestions: ReadonlyMap<string, string | null> };
  exact_rows: number;
  /** What it names are names that are sealed: nothing is said of them where it would be kept. */
  isSealed: boolean;
  /** What did not match exactly, and in how many rows. */
  others: Map<string, { match: Match<string>; rows: number }>;
}

/** A record that is made because rows name it. */
export interface MadeByName {
  id: string;
  name: string;
}

interface OpenOptions {
  options: ImportOptions;
  /** What new records have where a file says nothing. */
  given: Defaults;
  /** The records that a dry run would have made of earlier files. */
  pretended: ReadonlyMap<string, NamedRecord[]>;
  /** What an earlier attempt has reported of the file. */
  before: readonly RelationMatches[];
}

/** As AccountId: what it names is not called so. */
const holdsIds = (column: string): boolean => /[a-z]Ids?$|\b[Ii][Dd]s?$/.test(column);

/** Where the id of the record that a field names stands in a row. */
export const idPlace = (field: TargetField): string => field.idIn ?? columnsOf(field)[0] ?? `${field.name}_id`;

/** Finds the records that the rows of one file name, and keeps count of what did not match exactly. */
export class Relations {
  readonly #relations: Relation[];
  readonly #options: ImportOptions;
  readonly #given: Defaults;

  private constructor(relations: Relation[], options: ImportOptions, given: Defaults) {
    this.#relations = relations;
    this.#options = options;
    this.#given = given;
  }

  static async open(
    load: Pick<Load, 'ctx'>,
    fields: TargetField[],
    mapping: MappingInUse,
    targets: readonly ImportTarget[],
    { options, given, pretended, before }: OpenOptions,
  ): Promise<Relations> {
    const relations = await Promise.all(
      fields.map(async (field): Promise<Relation> => {
        const target = targets.find(({ resource }) => resource === namesOf(field))!;
        const found = await namedRecords(load.ctx, target, candidates_max + 1);
        const names = [...found, ...(pretended.get(target.resource) ?? [])];
        const column = mapping.columns.find((mapped) => mapped.field === field.name)!.column;
        const matcher = names.length > candidates_max ? null : new RelationMatcher(names);
        const isOwn = field.reference?.resource === mapping.resource;
        const maps = { known: new Map(), made: new Map(), pending: new Map(), others: new Map() };
        const { created = [], created_count = 0 } = before.find((report) => report.field === field.name) ?? {};
        const earlier = {
          created_count,
          suggestions: new Map(created.map(({ text, suggestion }) => [text, suggestion])),
        };
        const isSealed = hasSealableLabel(target.contract) && (await mayHaveSealed(load.ctx));
        return { column, field, target, matcher, isOwn, earlier, isSealed, exact_rows: 0, ...maps };
      }),
    );
    return new Relations(relations, options, given);
  }

  /** Puts ids in place of names. Answers nothing; rows that cannot do without are refused. */
  async resolve(load: Load, rows: LoadRow[]): Promise<void> {
    for (const relation of this.#relations) {
      const texts = new Map<string, number>();
      for (const { values } of rows) {
        const text = values[relation.field.name];
        if (text) for (const name of this.#split(relation, text)) texts.set(name, (texts.get(name) ?? 0) + 1);
      }
      if (relation.known.size > remembered_max) relation.known.clear();
      const unknown = [...texts.keys()].filter((text) => !relation.known.has(text));
      await this.#learn(load, relation, unknown);
      if (!load.dry) await this.#follow(load, relation, [...texts.keys()]);
      for (const [text, times] of texts) this.#count(relation, text, times);
      for (const row of rows) this.#put(relation, row);
      // Of names that are held in memory, `madeHere` knows again those that the file makes; only names that are looked
      // up need remembering.
      if (relation.matcher)
        for (const text of texts.keys()) if (relation.known.get(text)!.kind === 'created') relation.known.delete(text);
    }
  }

  /**
   * Makes the records that only names stand for in these rows, which go in. They count once `confirm` says that they
   * stay.
   */
  async make({ ctx, dry, import_id }: Load, rows: readonly LoadRow[]): Promise<MadeByName[]> {
    const all: MadeByName[] = [];
    for (const { field, target, pending } of this.#relations) {
      if (pending.size === 0) continue;
      const ids = rows.flatMap(({ values }) => values[idPlace(field)]?.split(';') ?? []);
      const made = [...new Set(ids.flatMap((id) => pending.get(id) ?? []))];
      // Who may make only their own makes none for whoever uploaded the files.
      const makesAll = scopeOf(ctx.actor.rights, target.contract.right, 'create') === 'all';
      const given = makesAll ? this.#given : { ...this.#given, owner_id: ctx.actor.user_id };
      if (!dry && made.length > 0) await insertByName(ctx, target, made, import_id, given);
      all.push(...made);
    }
    return all;
  }

  confirm(made: readonly MadeByName[]): void {
    for (const { id } of made) for (const { pending } of this.#relations) pending.delete(id);
  }

  report(): RelationMatches[] {
    return this.#relations.map(({ column, field, target, earlier, made, pending, exact_rows, isSealed, others }) => {
      const most = (isSealed ? [] : [...others])
        .sort(([, a], [, b]) => b.rows - a.rows)
        .slice(0, reported_max)
        .map(([text, { match, rows }]) => ({ text, match, rows }));
      const report: RelationMatches = {
        column,
        field: field.name,
        resource: target.resource,
        exact_rows,
        normalised: [],
        ambiguous: [],
        missing: [],
        created: [],
        created_count: earlier.created_count + made.size - pending.size,
      };
      for (const { text, match, rows } of most) {
        if (match.kind === 'created' && pending.has(match.record)) continue;
        else if (match.kind === 'created') report.created.push({ text, suggestion: match.suggestion, rows });
        else if (match.kind === 'missing') report.missing.push({ text, suggestion: match.suggestion, rows });
        else if (match.kind === 'ambiguous') report.ambiguous.push({ text, names: match.names.slice(0, 10), rows });
        else report.normalised.push({ text, name: match.name, rows });
      }
      return report;
    });
  }

  #count(relation: Relation, text: string, rows: number): void {
    const match = matchOrMade(relation, text);
    const counted = relation.others.get(text);
    if (match.kind === 'exact') relation.exact_rows += rows;
    else if (counted) counted.rows += rows;
    else if (relation.others.size < counted_max) relation.others.set(text, { match, rows });
  }

  /** A name may hold a semicolon; only where several may be meant and the whole is none is it taken apart. */
  #split({ field, matcher }: Relation, text: string): string[] {
    if (!field.reference?.many || matcher?.match(text).kind === 'exact') return [text];
    return parseCellList(text, ';');
  }

  async #learn({ ctx }: Load, relation: Relation, texts: string[]): Promise<void> {
    if (texts.length === 0) return;
    const { target, matcher, known } = relation;
    const within = matcher ?? new RelationMatcher(await namedExactly(ctx, target, texts));
    for (const text of texts) known.set(text, (matcher && madeHere(relation, text)) ?? within.match(text));
    if (isCustomReference(relation.field)) return this.#learnIds(ctx, relation, texts);
    const may = target.madeByName && scopeOf(ctx.actor.rights, target.contract.right, 'create') !== 'none';
    if (this.#options.missing_relations !== 'create' || !may || holdsIds(relation.column)) return;
    for (const name of texts) {
      const match = known.get(name)!;
      if (match.kind !== 'missing' || name.length > made_name_characters_max) continue;
      const key = nameKey(name);
      const before = relation.made.get(key);
      if (!before && relation.made.size >= made_max) continue;
      // Names of this file are suggested too, once they have come up.
      const now = before ? null : within.match(name);
      const suggestion = now?.kind === 'missing' ? now.suggestion : null;
      const made = before ?? { id: randomUUID(), name };
      if (!before) relation.pending.set(made.id, made);
      relation.made.set(key, made);
      known.set(name, { kind: 'created', name: made.name, record: made.id, suggestion });
      within.suggestLater(name);
    }
  }

  /**
   * Names were read when the file began. Of a record that was merged since, the one that it became part of is meant;
   * one that was deleted is not there any more. From here on these records are merged only after the batch.
   */
  async #follow({ ctx }: Load, { target, known, pending }: Relation, texts: string[]): Promise<void> {
    let named = texts;
    for (const mayFollow of [true, false]) {
      const recordOf = (text: string) => {
        const match = known.get(text)!;
        return 'record' in match && !pending.has(match.record) ? match : undefined;
      };
      const gone = await keepUnmerged(ctx, target, [...new Set(named.flatMap((text) => recordOf(text)?.record ?? []))]);
      named = named.filter((text) => gone.has(recordOf(text)?.record ?? ''));
      for (const text of named) {
        const match = recordOf(text)!;
        const survivor = mayFollow && gone.get(match.record);
        known.set(text, survivor ? { ...match, record: survivor } : { kind: 'missing', suggestion: null });
      }
    }
  }

  /** A custom field may name a record by its id too. It makes none: what it names may be a later row of the file. */
  async #learnIds(ctx: Load['ctx'], { target, known }: Relation, texts: string[]): Promise<void> {
    const ids = texts.filter((text) => uuid.safeParse(text).success && known.get(text)!.kind === 'missing');
    for (const { name, record } of ids.length > 0 ? await recordsById(ctx, target, ids) : [])
      known.set(name, { kind: 'exact', name, record });
  }

  #putCustom({ field, known, column, isOwn, isSealed }: Relation, row: LoadRow): void {
    const text = row.values[field.name];
    if (!text) return;
    const match = known.get(text)!;
    putCustomId(field as CustomTargetField, row, 'record' in match ? match.record : null);
    if (!('record' in match)) this.#complain(row, { column, isOwn, isSealed }, text, match);
  }

  #put(relation: Relation, row: LoadRow): void {
    const { field, known } = relation;
    if (isCustomReference(field)) {
      this.#putCustom(relation, row);
      return;
    }
    const text = row.values[field.name];
    row.values[idPlace(field)] = null;
    if (!text) return;
    const matches = this.#split(relation, text).map((name) => ({ name, match: known.get(name)! }));
    const found = matches.flatMap(({ match }) => ('record' in match ? [match] : []));
    // One that is not there keeps its place, for what other columns say of each.
    const ids = matches.map(({ match }) => ('record' in match ? match.record : ''));
    row.values[idPlace(field)] = found.length > 0 ? ids.join(';') : null;
    if (found.length === 0) row.unmapped.push(idPlace(field));
    row.values[field.name] = found.map(({ name }) => name).join(', ') || null;
    for (const { name, match } of matches) if (!('record' in match)) this.#complain(row, relation, name, match);
  }

  /** A row whose record names others of its file is in already. */
  #complain(
    row: LoadRow,
    { column, isOwn, isSealed }: Pick<Relation, 'column' | 'isOwn' | 'isSealed'>,
    name: string,
    match: Match<string>,
  ): void {
    const { code, message } = complaint(isSealed ? null : name, match);
    if (this.#options.missing_relations === 'leave_out_row' && !isOwn) refuseRow(row, code, message, column);
    else
      row.problems.push({
        code,
        severity: 'warning',
        row: row.number,
        column,
        message: `${message} It is left empty.`,
      });
  }
}

/** What an earlier attempt has made by this name is in the database now, but counts as made. */
function matchOrMade({ known, earlier }: Relation, text: string): Match<string> {
  const match = known.get(text)!;
  const suggestion = earlier.suggestions.get(text);
  return suggestion !== undefined && 'record' in match ? { ...match, kind: 'created', suggestion } : match;
}

/**
 * What the file makes by this name, which earlier rows named too. No name that is held in memory is like it, or it
 * would not be made.
 */
function madeHere({ made }: Relation, name: string): Match<string> | null {
  const before = made.get(nameKey(name));
  return before ? { kind: 'created', name: before.name, record: before.id, suggestion: null } : null;
}

/** `name`: null where it is to be kept nowhere. */
function complaint(name: string | null, match: Match<string>): { code: string; message: string } {
  if (name === null)
    return match.kind === 'ambiguous'
      ? { code: 'ambiguous_name', message: 'The name is that of more than one record. Use an id instead.' }
      : { code: 'no_such_record', message: 'There is no record with this name.' };
  if (match.kind === 'ambiguous')
    return {
      code: 'ambiguous_name',
      message: `“${name}” is the name of more than one record. Use an id instead, or make the names different.`,
    };
  if (match.kind === 'missing' && match.suggestion)
    return { code: 'no_such_record', message: `There is no record “${name}”. Did you mean “${match.suggestion}”?` };
  return { code: 'no_such_record', message: `There is no record “${name}”.` };
}
