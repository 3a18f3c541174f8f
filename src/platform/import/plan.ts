import type { ColumnProfile } from './infer.ts';
import { type FileMapping, mapColumns, proposeMapping } from './mapping.ts';
import { type MatchReport, type Named, RelationMatcher, reportMatches } from './match.ts';
import { normalise } from './normalise.ts';
import type { ImportProblem, ImportQuestion } from './problem.ts';
import { namesOf, type TargetField, type TargetResource } from './target.ts';
import { unitQuestions } from './units.ts';

export interface ProfiledFile {
  /** Only to tell files apart in the report; nothing is concluded from it. */
  name: string;
  profiles: readonly ColumnProfile[];
}

export interface FileReference {
  column: string;
  field: string;
  resource: string;
  /** The column of the file at hand that has the names; null when only records already there can be meant. */
  found_in: { file: string; column: string } | null;
  matches: MatchReport | null;
}

export interface PlannedFile {
  name: string;
  mapping: FileMapping;
  references: FileReference[];
  questions: ImportQuestion[];
  problems: ImportProblem[];
}

export interface ImportPlan {
  /** In the order in which they have to be loaded. */
  files: PlannedFile[];
  /** Files of which nothing could be made. */
  unknown: string[];
  problems: ImportProblem[];
}

interface Draft {
  file: ProfiledFile;
  target: TargetResource;
  mapping: FileMapping;
}

interface Mapped {
  mapping: { resource: string; columns: readonly { field: string }[] };
}

const overlap_min = 0.6;

/**
 * Which file is what, which column of it means which field, how they refer to each other and in what order they load.
 */
export function planImport(files: readonly ProfiledFile[], targets: readonly TargetResource[]): ImportPlan {
  const drafts: Draft[] = [];
  const unknown: string[] = [];
  for (const file of files) {
    const mapping = proposeMapping(file.profiles, targets);
    if (mapping)
      drafts.push({ file, mapping, target: targets.find((target) => target.resource === mapping.resource)! });
    else unknown.push(file.name);
  }
  for (const draft of drafts) mapByValues(draft, drafts);
  const { ordered, circle } = inLoadOrder(drafts, targets);
  return {
    files: ordered.map((draft) => planned(draft, drafts)),
    unknown,
    problems: circle.length === 0 ? [] : [circular(circle)],
  };
}

/** The mapping a person chose instead, with everything that follows from it. */
export function mapAs(
  resource: string,
  profiles: readonly ColumnProfile[],
  targets: readonly TargetResource[],
): FileMapping {
  const target = targets.find((candidate) => candidate.resource === resource)!;
  const columns = mapColumns(profiles, target);
  const mapped = new Set(columns.map((column) => column.column));
  const unmapped = profiles.map((profile) => profile.name).filter((name) => !mapped.has(name));
  return { resource, confidence: 1, columns, unmapped, alternatives: [] };
}

/** A column whose values are the names in another file refers to it, whatever it is called. */
function mapByValues(draft: Draft, drafts: readonly Draft[]): void {
  const { mapping, target, file } = draft;
  for (const field of target.fields) {
    if (!field.reference || mapping.columns.some((column) => column.field === field.name)) continue;
    for (const name of mapping.unmapped) {
      const key = keyColumn(field, drafts, draft);
      const profile = file.profiles.find((candidate) => candidate.name === name)!;
      const share = key ? overlap(profile, key.profile) : 0;
      if (share < overlap_min) continue;
      mapping.columns.push({
        column: name,
        field: field.name,
        confidence: Math.round(share * 80) / 100,
        reason: `${Math.floor(share * 100)}% of its values are in “${key!.profile.name}” of ${key!.draft.file.name}.`,
      });
      mapping.unmapped = mapping.unmapped.filter((other) => other !== name);
      break;
    }
  }
}

/** The column by which the records of another file, or of this one, are named. */
function keyColumn(
  field: TargetField,
  drafts: readonly Draft[],
  from: Draft,
): { draft: Draft; profile: ColumnProfile } | null {
  const reference = field.reference!;
  for (const draft of drafts) {
    if (draft.target.resource !== reference.resource) continue;
    const column = draft.mapping.columns.find((mapped) => mapped.field === reference.by)?.column;
    const profile = draft.file.profiles.find((candidate) => candidate.name === column);
    if (profile && (draft !== from || field.reference?.resource === from.target.resource)) return { draft, profile };
  }
  return null;
}

function overlap(values: ColumnProfile, keys: ColumnProfile): number {
  const known = new Set([...keys.distinct.keys()].map(normalise));
  const distinct = [...values.distinct.keys()].filter((value) => !values.null_markers.includes(value));
  // One value that happens to be there is no pattern.
  if (distinct.length < 2) return 0;
  return distinct.filter((value) => known.has(normalise(value))).length / distinct.length;
}

function planned(draft: Draft, drafts: readonly Draft[]): PlannedFile {
  const { file, mapping, target } = draft;
  const mappedProfiles = file.profiles.filter((profile) => !mapping.unmapped.includes(profile.name));
  const moneyFields = new Set(target.fields.filter((field) => field.type === 'money').map((field) => field.name));
  return {
    name: file.name,
    mapping,
    references: references(draft, drafts),
    questions: [
      ...mappedProfiles.flatMap((profile) => profile.questions),
      ...unitQuestions(file.profiles, mapping, moneyFields),
    ],
    problems: [...mappedProfiles.flatMap((profile) => profile.problems), ...missingRequired(target, mapping)],
  };
}

function references(draft: Draft, drafts: readonly Draft[]): FileReference[] {
  return draft.mapping.columns.flatMap(({ column, field: name }) => {
    const field = draft.target.fields.find((candidate) => candidate.name === name)!;
    if (!field.reference) return [];
    const key = keyColumn(field, drafts, draft);
    const values = draft.file.profiles.find((profile) => profile.name === column)!;
    return [
      {
        column,
        field: name,
        resource: field.reference.resource,
        found_in: key ? { file: key.draft.file.name, column: key.profile.name } : null,
        matches: key ? reportMatches(withoutNulls(values), new RelationMatcher(names(key.profile))) : null,
      },
    ];
  });
}

function withoutNulls(profile: ColumnProfile): Map<string, number> {
  return new Map([...profile.distinct].filter(([value]) => !profile.null_markers.includes(value)));
}

/** A name that stands twice in the key column is two records, and so ambiguous. */
function* names(profile: ColumnProfile): Generator<Named<null>> {
  for (const [name, times] of profile.distinct) {
    for (let time = 0; time < Math.min(times, 2); time++) yield { name, record: null };
  }
}

function missingRequired(target: TargetResource, mapping: FileMapping): ImportProblem[] {
  const mapped = new Set(mapping.columns.map((column) => column.field));
  return target.fields
    .filter((field) => field.required && !mapped.has(field.name))
    .map((field) => ({
      code: 'required_field_missing',
      severity: 'fatal' as const,
      row: null,
      column: null,
      message: `${target.label} need a ${field.label}; no column of the file gives one. Choose the column.`,
    }));
}

/** Records are loaded after those they name; a kind of record may name itself. Ties go by the order of the targets. */
export function inLoadOrder<T extends Mapped>(
  files: readonly T[],
  targets: readonly TargetResource[],
): { ordered: T[]; circle: T[] } {
  const place = ({ mapping }: Mapped) => targets.findIndex(({ resource }) => resource === mapping.resource);
  const fieldsOf = (file: T) => targets[place(file)]!.fields;
  let waiting = [...files].sort((a, b) => place(a) - place(b));
  const ordered: T[] = [];
  while (waiting.length > 0) {
    const isWaiting = (resource: string) => waiting.some(({ mapping }) => mapping.resource === resource);
    // In a circle custom fields give way: their records are made all the same, without what is not there yet.
    const next =
      waiting.find((file) => !neededResources(file, fieldsOf(file), namesOf).some(isWaiting)) ??
      waiting.find(
        (file) => !neededResources(file, fieldsOf(file), ({ reference }) => reference?.resource).some(isWaiting),
      );
    if (!next) return { ordered: [...ordered, ...waiting], circle: waiting };
    ordered.push(next);
    waiting = waiting.filter((file) => file !== next);
  }
  return { ordered, circle: [] };
}

function neededResources({ mapping }: Mapped, fields: readonly TargetField[], named: typeof namesOf): string[] {
  const mapped = new Set(mapping.columns.map((column) => column.field));
  return fields
    .filter(({ name }) => mapped.has(name))
    .flatMap((field) => named(field) ?? [])
    .filter((resource) => resource !== mapping.resource);
}

function circular(circle: Draft[]): ImportProblem {
  const named = circle.map((draft) => draft.file.name).join(', ');
  return {
    code: 'circular_files',
    severity: 'error',
    row: null,
    column: null,
    message: `${named} refer to each other in a circle, so none can be loaded first. Leave out one of the columns that refer.`,
  };
}
