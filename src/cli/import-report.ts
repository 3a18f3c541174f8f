import type { ImportReport } from '../platform/import/contract.ts';

type ReportedFile = ImportReport['files'][number];

/** What became of an import, for people. */
export function reportInWords(
  report: ImportReport,
  { tenant, dry, listed }: { tenant: string; dry: boolean; listed: readonly string[] },
): string {
  const files = report.files.map((file) =>
    [`${file.name}: ${fileLine(file)}`, ...columnLines(file), ...notes(file)].join('\n  '),
  );
  const problems = report.problem_samples.map((problem) => {
    const name = report.files.find(({ id }) => id === problem.file_id)?.name;
    return `${name}, row ${problem.row}${problem.column ? `, “${problem.column}”` : ''}: ${problem.message}`;
  });
  const kinds = new Map(
    report.problem_samples.map((problem) => [`${problem.file_id} ${problem.code} ${problem.column}`, problem.count]),
  );
  const count = [...kinds.values()].reduce((sum, n) => sum + n, 0);
  const isChecked = dry && report.state === 'ready' && !report.error;
  const end = isChecked
    ? `Nothing was written. To import it like this: holdfast import --tenant ${tenant} --resume ${report.id}`
    : report.state === 'done'
      ? 'Done.'
      : `The import is ${report.state}.${report.error ? ` ${report.error}` : ''}`;
  return [
    ...files,
    ...listed,
    ...(problems.length > 0 ? [`${amount(count)} problems, such as:`, ...problems.map((line) => `  ${line}`)] : []),
    end,
  ].join('\n');
}

function fileLine({ ignored, resource, counts }: ReportedFile): string {
  if (ignored || !resource) return 'left out.';
  const parts = (['created', 'updated', 'unchanged', 'skipped', 'errors'] as const)
    .filter((what) => counts[what] > 0)
    .map((what) => `${amount(counts[what])} ${what === 'errors' ? 'refused' : what}`);
  return `taken for ${resource} records; ${amount(counts.rows)} rows: ${parts.join(', ') || 'nothing to do'}.`;
}

const samples_shown = 3;

/** Where each column goes, and how full it is; those that are empty share one line. */
function columnLines({ ignored, resource, columns }: ReportedFile): string[] {
  if (ignored || !resource) return [];
  const empty = columns.filter(isEmptyColumn).map(({ name }) => name);
  const lines = columns
    .filter((column) => !isEmptyColumn(column))
    .map(({ name, field, filled, samples }) => {
      const goes = field === null ? 'not imported' : field === 'note' ? 'kept in a note' : field;
      const such = samples.slice(0, samples_shown).map((text) => `“${text}”`);
      return `“${name}” → ${goes}; ${percent(filled)} filled${such.length > 0 ? `, such as ${such.join(', ')}` : ''}.`;
    });
  return [...lines, ...(empty.length > 0 ? [`Empty in this file: ${empty.join(', ')}.`] : [])];
}

/** Whether a column has neither values nor a field, so that nothing is lost by leaving it out. */
const isEmptyColumn = ({ field, filled }: ReportedFile['columns'][number]): boolean => field === null && filled === 0;

/** Something is never shown as nothing, nor almost all as all. */
const percent = (filled: number): string =>
  `${filled > 0 && filled < 0.01 ? 1 : filled > 0.99 && filled < 1 ? 99 : Math.round(100 * filled)}%`;

function notes({ matches, questions, problems, unknown_options }: ReportedFile): string[] {
  return [
    ...problems.map(({ message }) => message),
    ...questions.map(
      ({ message, options, proposed }) =>
        `${message} Taken: ${options.find(({ value }) => value === proposed)?.label ?? proposed}.`,
    ),
    ...unknown_options.flatMap(({ column, field, values, other_rows }) => [
      ...values.map(({ text, rows }) => `“${text}” in “${column}” is no option of ${field}, ${amount(rows)} rows.`),
      ...(other_rows > 0
        ? [`Other texts in “${column}” are no option of ${field} either, ${amount(other_rows)} rows.`]
        : []),
    ]),
    ...matches.flatMap(({ column, resource, normalised, missing, ambiguous, created, created_count }) => [
      ...(created_count > 0
        ? [`${amount(created_count)} ${resource} records are created from the names in “${column}”.`]
        : []),
      ...created.flatMap(({ text, suggestion }) =>
        suggestion ? [`“${text}” in “${column}” is created, though “${suggestion}” is called similarly.`] : [],
      ),
      ...normalised.map(({ text, name, rows }) => `“${text}” in “${column}” matched “${name}”, ${amount(rows)} rows.`),
      ...missing.map(
        ({ text, suggestion, rows }) =>
          `“${text}” in “${column}” is the name of no record, ${amount(rows)} rows.${suggestion ? ` Is “${suggestion}” meant?` : ''}`,
      ),
      ...ambiguous.map(
        ({ text, rows }) => `“${text}” in “${column}” is the name of several records, ${amount(rows)} rows.`,
      ),
    ]),
  ];
}

const amount = (value: number): string => value.toLocaleString('en');
