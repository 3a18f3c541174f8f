import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import type { RecordOfEntry } from '../../../src/kernel/contract/fields.ts';
import { records_max } from '../../../src/kernel/contract/record-links.ts';
import type { SearchAnswer } from '../../../src/platform/search/contract.ts';
import { t } from '../../text/text.ts';
import { Chip } from '../../ui/Chip.tsx';
import { Combobox } from '../../ui/Combobox.tsx';
import { api } from '../query/api.ts';
import { searchAgain } from '../query/namedList.ts';
import { findDefinition } from './definitions.ts';
import { HiddenRecords } from './RecordLinks.tsx';
import { wordsOf } from './recordTypes.ts';

interface RecordsInputProps {
  label?: string | undefined;
  value: readonly RecordOfEntry[];
  onChange: (value: RecordOfEntry[]) => void;
  autoFocus?: boolean | undefined;
  disabled?: boolean | undefined;
}

const choices_max = 20;

/**
 * Picks the records that an entry is about, of any type. Those that its reader may not see stay, whatever is picked.
 */
export default function RecordsInput({ label, value, onChange, autoFocus, disabled }: RecordsInputProps) {
  const [query, setQuery] = useState('');
  const typed = useDeferredValue(query.trim());
  const { data: answer, isFetching } = useQuery({
    queryKey: ['search', 'records', typed],
    enabled: typed !== '',
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.get<SearchAnswer>('/search', { q: typed, limit: choices_max }, signal),
    refetchInterval: searchAgain,
  });
  const hits = typed === '' ? [] : (answer?.data ?? []);
  const found = hits.filter(({ resource }) => findDefinition(resource)?.contract.attachable);
  const chosen = value.flatMap(({ type, id, name }) => (id ? { type, id, name: name ?? '' } : []));
  return (
    <div className="flex flex-col gap-1.5">
      {value.length > 0 && (
        <div className="flex flex-wrap gap-1">
          {chosen.map((record) => (
            <Chip
              key={record.id}
              color="gray"
              onRemove={disabled ? undefined : () => onChange(value.filter(({ id }) => id !== record.id))}
            >
              {record.name}
            </Chip>
          ))}
          <HiddenRecords records={value} />
        </div>
      )}
      {value.length < records_max && (
        <Combobox
          key={value.length}
          label={label}
          value={null}
          autoFocus={autoFocus}
          disabled={disabled}
          choices={found.map(({ id, name, detail, resource }) => ({
            id,
            name,
            detail: detail ?? wordsOf(resource).Type,
          }))}
          chosen={chosen}
          loading={isFetching}
          placeholder={t('Add a record')}
          onQuery={setQuery}
          onChange={(choice) => {
            const hit = choice && found.find(({ id }) => id === choice.id);
            if (hit) onChange([...value, { type: hit.resource, id: hit.id, name: hit.name }]);
          }}
        />
      )}
    </div>
  );
}
