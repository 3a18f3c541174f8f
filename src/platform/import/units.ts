import type { ColumnProfile } from './infer.ts';
import type { FileMapping } from './mapping.ts';
import { splitMoney } from './money.ts';
import { multiply, parseNumber } from './number.ts';
import type { ImportQuestion } from './problem.ts';

const hints: [RegExp, multiplier: string][] = [
  [/\b(millions?|mio|mln|mn|mill)\b|[$€£]m\b/i, '1000000'],
  [/\b(thousands?|tsd|k)\b|\bT[$€£]|[$€£]k\b/i, '1000'],
];
const labels: Record<string, string> = { '1': 'as written', '1000': 'in thousands', '1000000': 'in millions' };

/** No company lives on less a head and year; a median below it means that the figures are in another unit. */
const revenue_per_head_min = 1_000;
const revenue_min = 10_000;

/**
 * Amounts are stored as written unless somebody says otherwise. A name that speaks of thousands or millions is asked
 * about with that proposed; revenues too small to be true are asked about with nothing proposed.
 */
export function unitQuestions(
  profiles: readonly ColumnProfile[],
  mapping: FileMapping,
  moneyFields: ReadonlySet<string>,
): ImportQuestion[] {
  return mapping.columns
    .filter(({ field }) => moneyFields.has(field))
    .flatMap(({ column, field }) => {
      const profile = profiles.find((candidate) => candidate.name === column)!;
      const hint = hints.find(([pattern]) => pattern.test(column.replaceAll('_', ' ')))?.[1];
      const samples = figures(profile);
      if (samples.length === 0) return [];
      const doubtful = field === 'annual_revenue' && tooSmall(median(samples), employees(profiles, mapping));
      if (!hint && !doubtful) return [];
      const sample = samples[0]!;
      return [
        {
          code: 'unit',
          column,
          message: hint
            ? `The name of “${column}” speaks of figures ${labels[hint]}. Is that so?`
            : `The figures in “${column}” are small for this: is ${sample} meant as written, in thousands or in millions? Without an answer they are stored as written.`,
          options: Object.entries(labels).map(([value, label]) => ({
            value,
            label: `${label}: ${sample} is ${multiply(sample, value)}`,
          })),
          proposed: hint ?? '1',
        },
      ];
    });
}

function figures(profile: ColumnProfile): string[] {
  const { type } = profile;
  if (type.kind !== 'money' && type.kind !== 'decimal' && type.kind !== 'integer') return [];
  return [...profile.distinct.keys()].flatMap((text) => {
    const number = parseNumber(splitMoney(text)?.number ?? text, type.format);
    return typeof number === 'string' ? [number] : [];
  });
}

function employees(profiles: readonly ColumnProfile[], mapping: FileMapping): number | null {
  const column = mapping.columns.find(({ field }) => field === 'employee_count')?.column;
  const profile = profiles.find((candidate) => candidate.name === column);
  const counts = profile ? figures(profile) : [];
  return counts.length === 0 ? null : median(counts);
}

/** Rough on purpose: only an order of magnitude is asked of it. */
function median(numbers: string[]): number {
  const sorted = numbers.map(Number).sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

function tooSmall(revenue: number, heads: number | null): boolean {
  return heads === null || heads === 0 ? revenue < revenue_min : revenue / heads < revenue_per_head_min;
}
