import { z } from 'zod';
import { record, shaped } from '../../kernel/contract/bounds.ts';
import { object, requiredSelect, requiredText, text, time } from '../../kernel/contract/fields.ts';
import { defineResource } from '../../kernel/contract/resource.ts';
import { skip } from '../undo/contract.ts';

export const importStates = [
  'ready', 'dry_running', 'running', 'done', 'failed', 'cancelled', 'reverting', 'reverted',
] as const; // biome-ignore format: a list of words
export const importModes = ['create_and_update', 'create', 'update'] as const;

const options = {
  mode: z.enum(importModes).describe('What to do with rows whose record is new or is there already'),
  bad_cells: z
    .enum(['leave_empty', 'note', 'leave_out_row'])
    .describe(
      'What becomes of a cell that does not fit its field: left empty, kept in a note of the record, or its row is left out',
    ),
  blank_cells: z.enum(['keep', 'clear']).describe('What an empty cell does to the value that a record has'),
  missing_relations: z
    .enum(['create', 'leave_empty', 'leave_out_row'])
    .describe(
      'What to do with a row that names a record that is not there: it is created where a name is enough for that',
    ),
  same_name: z
    .enum(['create', 'update'])
    .describe(
      'What becomes of a row of which only the name is that of one record: it is created, and listed with whom it could be, or it updates that record',
    ),
  same_email: z
    .enum(['by_name', 'one_person'])
    .describe(
      'Whose a row is that has the e-mail address of somebody with another first name: another person’s, or that person’s, under a new name',
    ),
  currency: shaped(/^[A-Z]{3}$/, 3, { error: 'Write an ISO 4217 code such as USD' })
    .nullable()
    .describe('Of amounts that name none; null: the workspace’s own'),
};
export const importOptions = z.strictObject({
  mode: options.mode.default('create_and_update'),
  bad_cells: options.bad_cells.default('leave_empty'),
  blank_cells: options.blank_cells.default('keep'),
  missing_relations: options.missing_relations.default('create'),
  same_name: options.same_name.default('create'),
  same_email: options.same_email.default('by_name'),
  currency: options.currency.default(null),
});
export type ImportOptions = z.output<typeof importOptions>;

export const dialect = z.strictObject({
  encoding: z.enum([
    'utf-8',
    'utf-16le',
    'utf-16be',
    'windows-1252',
    'iso-8859-2',
    'windows-1250',
    'windows-1251',
    'shift_jis',
    'gb18030',
    'big5',
    'euc-kr',
  ]),
  delimiter: z.enum([',', ';', '\t', '|']),
  quote: z.enum(['"', "'"]).nullable(),
  escape: z.enum(['"', "'", '\\']).nullable(),
  header: z.boolean(),
  skipped_rows: z.int().min(0).max(100).optional().describe('Rows before the header, or before the first row of data'),
});

/** Several columns may go into these; into any other field, one. */
export const repeatable_fields: ReadonlySet<string> = new Set(['note', 'other_phones', 'other_emails', 'salutation']);

/** As many as a file may have; see problem.ts. */
const mapped_columns_max = 500;
const columnFields = record(
  z.string().normalize().max(1000),
  z.string().max(80).nullable(),
  mapped_columns_max,
).superRefine((columns, check) => {
  const taken = new Map<string, string>();
  for (const [column, field] of Object.entries(columns)) {
    const other = field === null || repeatable_fields.has(field) ? undefined : taken.get(field);
    const message = `“${other}” and “${column}” cannot both go into ${field}. Choose one of them, and leave the other out`;
    if (other !== undefined) check.addIssue({ code: 'custom', path: [column], message });
    else if (field !== null) taken.set(field, column);
  }
});

const questionCodes = ['ambiguous_date', 'ambiguous_number', 'unit', 'currency'] as const;

/** What somebody said about a file instead of what was found. */
export const fileAnswers = z.strictObject({
  ignored: z.boolean().optional().describe('Leave this file out'),
  resource: z.string().max(60).optional().describe('What the rows are: a `resource` of the import targets'),
  dialect: dialect.partial().optional(),
  columns: columnFields
    .optional()
    .describe('Field for each named column; “note” keeps it in a note of the record, null leaves it out'),
  values: z
    .array(z.strictObject({ code: z.enum(questionCodes), column: z.string().max(1000), value: z.string().max(60) }))
    .max(1000)
    .optional()
    .describe('Answers to the questions, by their code'),
  saved_mapping_id: z.uuid().optional().describe('Use a saved mapping'),
});
export type FileAnswers = z.output<typeof fileAnswers>;

const question = z.object({
  code: z.enum(questionCodes),
  column: z.string(),
  message: z.string(),
  options: z.array(z.object({ value: z.string(), label: z.string() })),
  proposed: z.string(),
});
export const importProblem = z.object({
  code: z.string(),
  severity: z.enum(['fatal', 'error', 'warning']),
  row: z.int().nullable(),
  column: z.string().nullable(),
  message: z.string(),
  value: z.string().nullish(),
});

export const fileCounts = z.object({
  rows: z.int(),
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  skipped: z.int(),
  errors: z.int(),
});
export type FileCounts = z.output<typeof fileCounts>;

/** How the names in a column fared that stand for other records. */
export const relationMatches = z.object({
  column: z.string(),
  field: z.string(),
  resource: z.string(),
  exact_rows: z.int(),
  normalised: z.array(z.object({ text: z.string(), name: z.string(), rows: z.int() })),
  ambiguous: z.array(z.object({ text: z.string(), names: z.array(z.string()), rows: z.int() })),
  missing: z.array(z.object({ text: z.string(), suggestion: z.string().nullable(), rows: z.int() })),
  created: z
    .array(z.object({ text: z.string(), suggestion: z.string().nullable(), rows: z.int() }))
    .describe('Names of records that are created; the suggestion is one that is there and called similarly'),
  created_count: z.int().describe('How many records are created'),
});
export type RelationMatches = z.output<typeof relationMatches>;

/** Texts of a column that are no option of its field. */
export const unknownOptions = z.object({
  column: z.string(),
  field: z.string(),
  values: z
    .array(z.object({ text: z.string(), rows: z.int() }))
    .describe('As they stand in the file, the most frequent first'),
  other_rows: z.int().describe('Rows with still other texts'),
});
export type UnknownOptions = z.output<typeof unknownOptions>;

export const importFile = z.object({
  id: z.uuid(),
  position: z.int(),
  file_id: z.uuid().nullable(),
  name: z.string(),
  size_bytes: z.int(),
  ignored: z.boolean(),
  resource: z.string().nullable(),
  source: z.string().nullable().describe('The system that wrote the file, where its columns tell'),
  converted: z
    .boolean()
    .describe('What was sent was a vCard file or an address book: this is the table that was made of it'),
  dialect: z.object({ ...dialect.shape, encoding: z.string() }),
  columns: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      format: z.string().nullable(),
      samples: z.array(z.string()),
      filled: z.number().min(0).max(1).describe('Share of rows with a value: of the first rows, after a check of all'),
      choices: z.array(z.string()).nullable().describe('All its texts, of a column of few that repeat'),
      field: z.string().nullable(),
      confidence: z.number().nullable(),
      reason: z.string().nullable(),
    }),
  ),
  preview: z.array(z.array(z.string())),
  alternatives: z.array(z.object({ resource: z.string(), confidence: z.number() })),
  reasons: z.array(z.string()),
  questions: z.array(question),
  problems: z.array(importProblem),
  answers: fileAnswers,
  matches: z.array(relationMatches),
  unknown_options: z.array(unknownOptions),
  counts: fileCounts,
  errors_unnamed: z.int().describe('Rows with errors that are named nowhere, because there are too many'),
  rows_done: z.int().describe('Rows gone through, without the header'),
  bytes_done: z.int().describe('Of size_bytes, in this pass over the file'),
  linking: z.boolean().describe('On the second pass, which adds what its records are to each other'),
  complete: z.boolean(),
});

const kindReversal = z.object({
  resource: z.string(),
  deleted: z.int(),
  restored: z.int().describe('Changed records that have their earlier values again, in whole or in part'),
  kept: z.int().describe('Left as they are; kept_samples say why'),
  gone: z.int().describe('Made or changed by the import and deleted by somebody since'),
});

export const reversalReport = z.object({
  deleted: z.int(),
  restored: z.int(),
  kept: z.int(),
  kinds: z.array(kindReversal).describe('The same for each kind of record'),
  kept_samples: z.array(skip).describe('Some of what was left, in whole or in part, and why'),
  skipped: z.int().describe('How many there would be without a limit'),
});
export type ReversalReport = z.output<typeof reversalReport>;

export const importResource = defineResource({
  name: 'import',
  plural: 'imports',
  table: 'import',
  title: 'import',
  owner: 'created_by',
  defaultSort: '-created_at',
  fields: {
    name: requiredText(300, { title: 'Files', readOnly: true }),
    state: requiredSelect(importStates, { title: 'State', readOnly: true }),
    options: object(importOptions, { title: 'Options', readOnly: true }),
    error: text(4000, { title: 'Error', readOnly: true }),
    reversal: object(reversalReport.nullable(), { title: 'What was reverted', readOnly: true }),
    started_at: time({ title: 'Started', readOnly: true }),
    finished_at: time({ title: 'Finished', readOnly: true }),
  },
});

/** One of the problems of a kind, and how many there are of it. */
export const problemSample = importProblem.extend({ file_id: z.uuid(), count: z.int() });

/** An import with all its files, as the wizard shows it. */
export const importDetail = importResource.row.extend({
  stalled: z.boolean().describe('It should be running, and nobody is at it any more: it can be started again'),
  files: z.array(importFile),
  problem_samples: z.array(problemSample),
});

export interface ImportReport {
  id: string;
  state: (typeof importStates)[number];
  error: string | null;
  reversal: ReversalReport | null;
  stalled: boolean;
  files: z.output<typeof importFile>[];
  problem_samples: z.output<typeof problemSample>[];
}

export const newImport = z.strictObject({ file_ids: z.array(z.uuid()).min(1).max(10) });

export const importChange = z.strictObject({
  // Without the defaults: an option of which nothing is said stays as it is.
  options: z.strictObject(options).partial().optional(),
  files: z
    .array(fileAnswers.extend({ id: z.uuid() }))
    .max(10)
    .optional()
    .describe('Only the files about which something is said'),
});

export const savedMapping = defineResource({
  name: 'saved_mapping',
  plural: 'saved-mappings',
  table: 'saved_mapping',
  title: 'saved mapping',
  defaultSort: 'name',
  fields: {
    name: requiredText(100, { title: 'Name' }),
    resource: requiredText(60, { title: 'Record' }),
    columns: object(columnFields, { title: 'Field of each column', required: true }),
  },
});

/** What can be imported, and into which fields: for the wizard. */
export const importTargets = z.object({
  data: z.array(
    z.object({
      resource: z.string(),
      label: z.string(),
      fields: z.array(
        z.object({
          name: z.string(),
          label: z.string(),
          type: z.string(),
          required: z.boolean(),
          values: z.array(z.string()).nullable().describe('Of a choice'),
          custom_field_id: z.uuid().nullable(),
        }),
      ),
    }),
  ),
});
