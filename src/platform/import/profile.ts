import type { DateFormat } from './date.ts';
import { type ColumnProfile, ColumnProfiler, type Reading, settleNulls } from './infer.ts';
import { englishNumbers, germanNumbers } from './number.ts';
import { readRows } from './read.ts';
import type { Sniff } from './sniff.ts';

/** The columns of a file, or of its first bytes: what its values look like. */
export async function profileColumns(
  source: AsyncIterable<Uint8Array>,
  { dialect, columns }: Sniff,
): Promise<ColumnProfile[]> {
  // Files with semicolons come from where the comma parts decimals.
  const likelyNumbers = dialect.delimiter === ';' ? germanNumbers : englishNumbers;
  const profilers = columns.map((name) => new ColumnProfiler(name, likelyNumbers));
  for await (const { rows } of readRows(source, dialect, { columns })) {
    for (const { cells } of rows) {
      for (let at = 0; at < profilers.length; at++) profilers[at]!.add(cells[at]!);
    }
  }
  const profiles = settleNulls(profilers.map((profiler) => profiler.profile()));
  return dialect.delimiter === ';' || profiles.some(hasDecimalCommas) ? profiles.map(dayFirst) : profiles;
}

const hasDecimalCommas = ({ type, questions }: ColumnProfile): boolean =>
  'format' in type && type.kind !== 'date' && type.format.decimal === ',' && questions.length === 0;

/**
 * Where the comma parts decimals, nobody writes the month first: a date that could be read either way begins with its
 * day.
 */
function dayFirst(profile: ColumnProfile): ColumnProfile {
  const { otherwise } = profile;
  return { ...profile, ...readDayFirst(profile), ...(otherwise && { otherwise: otherwise.map(readDayFirst) }) };
}

function readDayFirst({ type, null_markers, questions, problems }: Reading): Reading {
  const asked = questions.find(({ code }) => code === 'ambiguous_date');
  const other = asked?.options.find(({ value }) => value.startsWith('D'));
  if (type.kind !== 'date' || !asked || !other) return { type, null_markers, questions, problems };
  const answered = {
    ...asked,
    options: [other, ...asked.options.filter((one) => one !== other)],
    proposed: other.value,
  };
  return {
    type: { kind: 'date', format: other.value as DateFormat },
    null_markers,
    questions: questions.map((question) => (question === asked ? answered : question)),
    problems,
  };
}
