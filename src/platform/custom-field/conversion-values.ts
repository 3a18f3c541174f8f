import { type CustomFieldType, isReferenceType } from '../../kernel/contract/custom-field.ts';
import { valueError } from '../../kernel/resource/custom-values.ts';
import type { Definition } from './definition.ts';

/** Values that name records have no other type: a name is no id, and an id says nothing to people. */
export const isConvertible = (from: CustomFieldType, to: CustomFieldType): boolean =>
  from !== to && !isReferenceType(from) && !isReferenceType(to);

interface Fitting {
  value: unknown;
}

/** A value as another type has it; undefined when it is none of that type, or breaks the rules of the field. */
export function convertValue(
  from: CustomFieldType,
  to: Definition,
  value: unknown,
  currency: string,
): Fitting | undefined {
  const made = parse(to, textOf(from, value), currency);
  return made !== undefined && made !== null && valueError(to, made) === undefined ? { value: made } : undefined;
}

/** A value as one would write it. What does not fit its own type, left from elsewhere, is written as it is. */
function textOf(type: CustomFieldType, value: unknown): string {
  if (type === 'multi_select' && Array.isArray(value)) return value.join('; ');
  const { amount, currency } = value as { amount?: string; currency?: string };
  if (type === 'money' && amount !== undefined) return `${amount} ${currency ?? ''}`.trim();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const yes = new Set(['true', 'yes', 'y', '1', 'ja', 'x']);
const no = new Set(['false', 'no', 'n', '0', 'nein']);

function parse({ type, options }: Definition, text: string, currency: string): unknown {
  const plain = text.trim();
  switch (type) {
    case 'integer': {
      const number = /^(-?\d{1,10})(\.0+)?$/.exec(plain)?.[1];
      return number === undefined ? undefined : Number(number);
    }
    case 'decimal':
      return /^(-?\d+(?:\.\d+)?)(?: [A-Z]{3})?$/.exec(plain)?.[1];
    case 'money': {
      const [, amount, code] = /^(-?\d+(?:\.\d+)?)(?: ([A-Z]{3}))?$/.exec(plain) ?? [];
      return amount === undefined ? undefined : { amount, currency: code ?? currency };
    }
    case 'date':
      return /^(\d{4}-\d{2}-\d{2})(T.*)?$/.exec(plain)?.[1];
    case 'boolean':
      return yes.has(plain.toLowerCase()) ? true : no.has(plain.toLowerCase()) ? false : undefined;
    case 'multi_select':
      // A whole that is one of the options may have a semicolon in it.
      return options.includes(plain)
        ? [plain]
        : [
            ...new Set(
              plain
                .split(';')
                .map((part) => part.trim())
                .filter(Boolean),
            ),
          ];
    case 'select':
    case 'text':
    case 'url':
      return plain;
    default:
      return undefined;
  }
}
