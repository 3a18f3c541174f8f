import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Match } from '../../../src/platform/duplicate/contract.ts';
import { t, translateServerText } from '../../text/text.ts';
import { Banner } from '../../ui/Banner.tsx';
import { useDebounced } from '../../ui/useDebounced.ts';
import { api } from '../query/api.ts';
import { pathOf } from '../query/resources.ts';
import type { RecordDefinition } from '../record/definition.ts';
import { type FieldDef, isBlank, toBody } from '../record/field.ts';
import { wordsOf } from '../record/recordTypes.ts';

const quiet_ms = 350;

/** What rules may tell one record from another by; and texts of fields of one's own. */
const isCompared = ({ compared }: RecordDefinition, { key, kind }: FieldDef) =>
  compared.length > 0 && (compared.includes(key) || (key.startsWith('custom.') && kind === 'text'));

interface MatchHintProps {
  definition: RecordDefinition;
  fields: readonly FieldDef[];
  values: Readonly<Record<string, unknown>>;
}

/**
 * Says under the form of a new record which ones there are already that may be the same. It never stands in the way.
 */
export default function MatchHint({ definition, fields, values }: MatchHintProps) {
  const { resource, path } = definition;
  const words = wordsOf(resource);
  const typed = fields.filter((field) => isCompared(definition, field) && !isBlank(values[field.key]));
  const draft = useDebounced(JSON.stringify(toBody(typed, values)), quiet_ms);
  const { data } = useQuery({
    queryKey: [resource, 'matches', draft],
    enabled: draft !== '{}',
    placeholderData: keepPreviousData,
    queryFn: async () => (await api.post<{ data: Match[] }>(`${pathOf(resource)}/matches`, JSON.parse(draft))).data,
  });
  if (!data || data.length === 0 || draft === '{}') return null;
  return (
    <div className="sm:col-span-2">
      <Banner meaning="attention">
        <span className="font-medium">
          {data.length === 1
            ? t('This {type} may already exist', { type: words.type })
            : t('These {types} may be the same', { types: words.types })}
        </span>
        <ul className="mt-1 grid gap-0.5">
          {data.map(({ id, name, detail, reasons }) => (
            <li key={id} className="wrap-anywhere">
              <Link to={`${path}/$id`} params={{ id }} target="_blank" className="font-medium underline">
                <bdi>{name}</bdi>
                <span className="sr-only"> {t('(opens in a new tab)')}</span>
              </Link>
              {detail && (
                <>
                  {' · '}
                  <bdi>{detail}</bdi>
                </>
              )}
              {` · ${reasons.map(({ text }) => translateServerText(text)).join(', ')}`}
            </li>
          ))}
        </ul>
      </Banner>
    </div>
  );
}
