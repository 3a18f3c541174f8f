import { CsvError, parse } from 'csv-parse/sync';
import { maskOf } from '../../kernel/contract/mask.ts';
import { cutText, formula_mark } from '../csv/index.ts';
import type { FileAnswers } from './contract.ts';
import { parserOptions } from './dialect.ts';
import { decodeSample } from './encoding.ts';
import { nameColumns } from './header.ts';
import { readFor } from './header-match.ts';
import type { ColumnProfile } from './infer.ts';
import { type ColumnMapping, type FileMapping, knownNames } from './mapping.ts';
import { chosenColumns, type Found, inUse, isExport, type MappingInUse } from './mapping-in-use.ts';
import { plainNumbers } from './number.ts';
import { inLoadOrder, mapAs, type PlannedFile, planImport } from './plan.ts';
import { type FoundPreset, presetOf, withPreset } from './presets.ts';
import { columns_max, fatal, type ImportProblem, UnreadableFile } from './problem.ts';
import { profileColumns } from './profile.ts';
import { type Sample, type Sniff, sniff } from './sniff.ts';
import { type AnalysisTarget, isConverted } from './target.ts';
import { unitQuestions } from './units.ts';

export interface FileToAnalyse {
  id: string;
  name: string;
  sample: Sample;
  answers: FileAnswers;
  /** The product that wrote it, where that is known already. */
  source?: string | null | undefined;
}

export interface AnalysedFile {
  id: string;
  /** What was said of the file, with what a saved mapping says: every later analysis begins with it. */
  answers: FileAnswers;
  found: Found;
  /** Null: nobody knows what it is, or it cannot be read. */
  mapping: MappingInUse | null;
}

export interface SavedColumns {
  resource: string;
  columns: Record<string, string | null>;
}

interface Looked {
  file: FileToAnalyse;
  sniffed: Sniff;
  profiles: ColumnProfile[];
}

const samples_shown = 5;
/**
 * Rows of a sample are read so many bytes at a time, as those of a file: ten thousand at once would be the most that a
 * web server holds.
 */
const piece_bytes = 64 * 1024;

/** What goes to the process in which files are analysed. */
export interface AnalysisInput {
  files: FileToAnalyse[];
  targets: readonly AnalysisTarget[];
  saved: readonly SavedColumns[];
}

/** What each file is and how its columns map, from its first megabyte; in the order in which they have to load. */
export async function analyse(
  files: FileToAnalyse[],
  targets: readonly AnalysisTarget[],
  saved: readonly SavedColumns[],
): Promise<AnalysedFile[]> {
  const looked: Looked[] = [];
  for (const file of files) looked.push(await look(file, targets));
  const readable = looked.filter(({ sniffed }) => !sniffed.problems.some(isFatal));
  // A list of names and addresses is one of customers rather than of colleagues.
  const likely = [...targets].sort((a, b) => Number(a.resource === 'user') - Number(b.resource === 'user'));
  const plan = planImport(
    readable.map(({ file, profiles }) => ({ name: file.id, profiles })),
    likely,
  );
  const analysed = looked.map((one) => {
    const planned = plan.files.find(({ name }) => name === one.file.id);
    return conclude(one, planned, targets, saved);
  });
  const mapped = analysed.flatMap((one) => (one.mapping ? [{ one, mapping: one.mapping }] : []));
  const { ordered } = inLoadOrder(mapped, targets);
  return [...ordered.map(({ one }) => one), ...analysed.filter(({ mapping }) => !mapping)];
}

const isFatal = ({ severity }: ImportProblem) => severity === 'fatal';

async function look(file: FileToAnalyse, targets: readonly AnalysisTarget[]): Promise<Looked> {
  const { sample, complete } = file.sample;
  let sniffed = await sniff(sample, { complete, isKnownName: knownNames(targets) });
  if (file.answers.dialect && sniffed.columns.length > 0) sniffed = rewritten(sample, complete, sniffed, file.answers);
  const profiles = sniffed.columns.length > 0 ? await profileSample(sample, complete, sniffed) : [];
  return { file, sniffed, profiles };
}

/** The last row of a sample may be cut off. */
async function profileSample(sample: Uint8Array, complete: boolean, sniffed: Sniff): Promise<ColumnProfile[]> {
  const end = complete ? sample.length : sample.lastIndexOf(0x0a) + 1 || sample.length;
  async function* pieces() {
    for (let from = 0; from < end; from += piece_bytes) yield sample.subarray(from, Math.min(from + piece_bytes, end));
  }
  try {
    return await profileColumns(pieces(), sniffed);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    sniffed.problems.push(error.problem);
    return [];
  }
}

/** The first records, or why there are none. */
function recordsOf(
  text: string,
  dialect: Sniff['dialect'],
  to: number,
): { all: string[][]; unreadable?: ImportProblem } {
  try {
    return { all: parse(text, { ...parserOptions(dialect), bom: true, to }) };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return {
      all: [],
      unreadable: fatal('unreadable', 'Read like this, a quote is opened in the file and not closed.'),
    };
  }
}

/** As the person says it is written. */
function rewritten(sample: Uint8Array, complete: boolean, sniffed: Sniff, { dialect }: FileAnswers): Sniff {
  const chosen = { ...sniffed.dialect, ...dialect } as Sniff['dialect'];
  const text = decodeSample(sample, chosen.encoding, complete);
  const skipped = chosen.skipped_rows ?? 0;
  const { all, unreadable } = recordsOf(text, chosen, skipped + 21);
  const records = all.slice(skipped);
  // One more than can be imported, so that it shows that there are too many.
  const first = (records[0] ?? []).slice(0, columns_max + 1);
  const { columns, problems } = nameColumns(chosen.header ? first : first.map(() => ''));
  const preview = records.slice(chosen.header ? 1 : 0);
  const none = preview.length === 0 ? [fatal('no_rows', 'Read like this, the file has no rows.')] : [];
  const many =
    columns.length > columns_max
      ? [fatal('too_many_columns', `Read like this, it has more than ${columns_max} columns.`)]
      : [];
  const named = chosen.header ? problems : [];
  return {
    ...sniffed,
    dialect: chosen,
    columns,
    preview,
    reasons: ['As chosen by hand.'],
    problems: unreadable ? [unreadable] : [...named, ...none, ...many],
  };
}

/** The one that says most about the file. One without columns would fit every file. */
function fittingMapping(saved: readonly SavedColumns[], { columns: names }: Sniff): SavedColumns | undefined {
  const sizeOf = ({ columns }: SavedColumns) => Object.keys(columns).length;
  return saved
    .filter((one) => sizeOf(one) > 0 && Object.keys(one.columns).every((name) => names.includes(name)))
    .sort((a, b) => sizeOf(b) - sizeOf(a))[0];
}

function conclude(
  { file, sniffed, profiles: found }: Looked,
  planned: PlannedFile | undefined,
  targets: readonly AnalysisTarget[],
  saved: readonly SavedColumns[],
): AnalysedFile {
  const mine = fittingMapping(saved, sniffed);
  const answers: FileAnswers = mine
    ? { resource: mine.resource, ...file.answers, columns: { ...mine.columns, ...file.answers.columns } }
    : file.answers;
  const preset = presetOf(sniffed.columns, targets);
  const said = answers.resource ?? preset?.resource ?? planned?.mapping.resource;
  const wanted = targets.find(({ resource }) => resource === said);
  const proposal = wanted ? proposalFor(wanted, found, planned, targets, preset) : undefined;
  const proposed = wanted && proposal ? withNotes(proposal.columns, found, wanted, targets) : [];
  const columns = wanted && proposal ? chosenColumns(proposed, answers).filter(isOf(wanted, sniffed)) : [];
  const used = new Set(columns.map(({ column }) => column));
  const profiles = wanted ? readAsMapped(found, columns, wanted) : found;
  const asked = profiles.filter(({ name }) => used.has(name)).flatMap(({ questions }) => questions);
  const units = wanted && proposal ? unitQuestions(profiles, { ...proposal, columns }, moneyFields(wanted)) : [];
  const questions = [...asked, ...units];
  const problems = [
    ...sniffed.problems,
    ...profiles.filter(({ name }) => used.has(name)).flatMap((profile) => profile.problems),
    ...(wanted ? missingFields(wanted, columns) : unknownFile(sniffed)),
  ];
  const readable = wanted && profiles.length > 0 && !sniffed.problems.some(isFatal);
  const shown = wanted ? shownCells(wanted, columns) : (_: string, cell: string) => cell;
  return {
    id: file.id,
    answers,
    found: {
      source: preset?.product ?? file.source ?? null,
      dialect: sniffed.dialect,
      preview: sniffed.preview
        .slice(0, 10)
        .map((row) =>
          row.map((cell, at) =>
            cutText(shown(sniffed.columns[at]!, cell.replace(formula_mark, '')), 200).replaceAll('\0', '�'),
          ),
        ),
      reasons: sniffed.reasons,
      columns: profiles.map((profile) => shownColumn(profile, isExport(columns), shown)),
      proposed: { columns, alternatives: planned?.mapping.alternatives ?? [] },
      questions,
      problems,
    },
    mapping: readable
      ? {
          resource: wanted.resource,
          dialect: sniffed.dialect,
          names: sniffed.columns,
          columns: columns.map(({ column, field }) =>
            inUse(profiles.find(({ name }) => name === column)!, field, questions, answers),
          ),
        }
      : null,
  };
}

/** Cells as people see them: of a column that goes into a sealed field, masks. */
function shownCells(
  { fields }: AnalysisTarget,
  columns: readonly { column: string; field: string }[],
): (column: string, cell: string) => string {
  const masks = new Map(columns.map(({ column, field }) => [column, fields.find(({ name }) => name === field)?.mask]));
  return (column, cell) => {
    const mask = masks.get(column);
    return mask === undefined || cell.trim() === '' ? cell : maskOf(cell, mask);
  };
}

function readAsMapped(
  profiles: ColumnProfile[],
  columns: ColumnMapping[],
  { fields }: AnalysisTarget,
): ColumnProfile[] {
  const exported = isExport(columns);
  const fieldOf = new Map(columns.map(({ column, field }) => [column, fields.find(({ name }) => name === field)!]));
  return profiles.map((profile) => {
    const field = fieldOf.get(profile.name);
    const read = field ? readFor(profile, field) : profile;
    return exported ? asExported(read) : read;
  });
}

/** Of what was exported here: a point that could be either parts decimals. */
function asExported(profile: ColumnProfile): ColumnProfile {
  const { type, questions } = profile;
  const open = questions.some(({ code }) => code === 'ambiguous_number') && 'format' in type && type.kind !== 'date';
  return open ? { ...profile, type: { ...type, format: plainNumbers }, questions: [] } : profile;
}

/** A proposal for another kind of record than the file was taken for is made anew. */
function proposalFor(
  target: AnalysisTarget,
  profiles: ColumnProfile[],
  planned: PlannedFile | undefined,
  targets: readonly AnalysisTarget[],
  preset: FoundPreset | undefined,
): FileMapping {
  const fits = planned?.mapping.resource === target.resource;
  const concluded = fits ? planned.mapping : mapAs(target.resource, profiles, targets);
  if (preset?.resource !== target.resource) return concluded;
  const names = profiles.map(({ name }) => name);
  return { ...concluded, columns: withPreset(preset, concluded.columns, names) };
}

const isOf =
  (target: AnalysisTarget, { columns }: Sniff) =>
  ({ column, field }: { column: string; field: string }) =>
    columns.includes(column) && target.fields.some(({ name }) => name === field);

const moneyFields = ({ fields }: AnalysisTarget) =>
  new Set(fields.filter(({ type }) => type === 'money').map(({ name }) => name));

/** What a converted file says that no field fits goes into a note, unless somebody says otherwise. */
function withNotes(
  columns: ColumnMapping[],
  profiles: ColumnProfile[],
  { fields }: AnalysisTarget,
  targets: readonly AnalysisTarget[],
): ColumnMapping[] {
  if (
    !isConverted(
      profiles.map(({ name }) => name),
      targets,
    ) ||
    !fields.some(({ name }) => name === 'note')
  )
    return columns;
  const open = profiles.filter(
    ({ name, rows, blank }) => blank < rows && !columns.some(({ column }) => column === name),
  );
  const reason = 'No field fits; kept in a note.';
  return [...columns, ...open.map(({ name }) => ({ column: name, field: 'note', confidence: 1, reason }))];
}

function missingFields({ label, fields, keys }: AnalysisTarget, columns: { field: string }[]): ImportProblem[] {
  const mapped = (name: string) => columns.some(({ field }) => field === name);
  const at = { row: null, column: null };
  const missing = fields
    .filter(({ name, required }) => required && !mapped(name))
    .map((field) => ({
      code: 'required_field_missing',
      severity: 'fatal' as const,
      ...at,
      message: `${label} need a ${field.label}; no column of the file gives one. Choose the column.`,
    }));
  if (keys.some(({ from }) => from.some(mapped))) return missing;
  const message = `Nothing in the file identifies its ${label.toLowerCase()}: importing it again would create them all again. Map a column to an id.`;
  return [...missing, { code: 'no_key', severity: 'warning', ...at, message }];
}

function unknownFile({ problems }: Sniff): ImportProblem[] {
  if (problems.some(isFatal)) return [];
  return [
    fatal('unknown_file', 'Nothing in the file says what its rows are. Choose what they are, and map the columns.'),
  ];
}

function shownColumn(
  { name, type, rows, blank, distinct, null_markers }: ColumnProfile,
  exported: boolean,
  shown: (column: string, cell: string) => string,
): Found['columns'][number] {
  const format =
    type.kind === 'date'
      ? type.format
      : 'format' in type
        ? `1${type.format.group ?? ''}234${type.format.decimal}5`
        : null;
  const samples = [...distinct.keys()]
    .slice(0, samples_shown)
    .map((text) => cutText(shown(name, text), 100).replaceAll('\0', '�'));
  const choices = type.kind === 'enum' ? type.values.filter((text) => exported || !null_markers.includes(text)) : null;
  return { name, kind: type.kind, format, samples, filled: rows === 0 ? 0 : (rows - blank) / rows, choices };
}
