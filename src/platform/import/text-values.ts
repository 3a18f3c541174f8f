import type { CustomFieldType } from '../../kernel/contract/custom-field.ts';
import type { CustomField } from '../../kernel/resource/custom.ts';
import type { CellMeaning } from './convert.ts';
import { customReader, customTargetField } from './custom-cells.ts';
import { type ColumnProfile, ColumnProfiler, type ColumnType } from './infer.ts';
import { isRefusal } from './refusal.ts';

const numeric: ReadonlySet<CustomFieldType> = new Set(['integer', 'decimal', 'money']);

/**
 * Reads texts of a custom field as values of another type, as an import reads the cells of a column: all of them say
 * how numbers and dates are written. Nobody can be asked here, so what can be read in two ways, such as 3/4/2026 where
 * no other date has a day over 12, is no value.
 */
export class TextValues {
  private readonly profiler = new ColumnProfiler('');

  /** Adds a text to those that say how they are written. */
  add(text: string): void {
    this.profiler.add(text);
  }

  /** The value of a text, undefined where it is none of the type. */
  reader(to: CustomField, currency: string): (text: string) => unknown {
    const profile = this.profiler.profile();
    const field = customTargetField(to, []);
    const readers = meaningsOf(to.type, profile).map((type) => {
      const meaning: CellMeaning = { type, null_markers: profile.null_markers, currency };
      return customReader(field, meaning);
    });
    return (text) => {
      const [made, ...others] = new Set(
        readers.map((read) => read(text)).map((read) => (isRefusal(read) ? null : read)),
      );
      return typeof made === 'string' && others.length === 0 ? JSON.parse(made) : undefined;
    };
  }
}

/** What the column may be taken for: more than one where nothing decides. */
function meaningsOf(to: CustomFieldType, profile: ColumnProfile): ColumnType[] {
  const readings = [profile, ...(profile.otherwise ?? [])];
  if (to === 'date') {
    const [dates] = readings.filter(({ type }) => type.kind === 'date');
    const isClear = dates && dates.questions.length === 0;
    return [isClear ? dates.type : { kind: 'date', format: 'YYYY-MM-DD' }];
  }
  if (!numeric.has(to)) return [profile.type];
  const [numbers] = readings.filter(({ type }) => ['integer', 'decimal', 'money'].includes(type.kind));
  if (!numbers || !('format' in numbers.type) || numbers.type.kind === 'date') return [{ kind: 'text' }];
  const { type } = numbers;
  if (numbers.questions.length === 0) return [type];
  return [
    { ...type, format: { decimal: '.', group: ',' } },
    { ...type, format: { decimal: ',', group: '.' } },
  ];
}
