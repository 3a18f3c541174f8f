import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { SearchAnswer, SearchHit } from '../../../src/platform/search/contract.ts';
import { api } from '../../platform/query/api.ts';
import { searchAgain } from '../../platform/query/namedList.ts';
import { t } from '../../text/text.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { cx } from '../../ui/cx.ts';
import { Input } from '../../ui/Input.tsx';
import { useDebounced } from '../../ui/useDebounced.ts';

const settles_ms = 150;
const letters_min = 2;
const shown_max = 6;

interface RecipientsInputProps {
  value: string;
  onChange: (value: string) => void;
  required?: boolean;
  autoFocus?: boolean;
}

/** Addresses with commas between. Contacts are offered for what is being typed behind the last comma. */
export function RecipientsInput({ value, onChange, required, autoFocus }: RecipientsInputProps) {
  const list = useId();
  const [isOpen, setIsOpen] = useState(false);
  const [active, setActive] = useState(0);
  const before = value.slice(0, value.lastIndexOf(',') + 1);
  const typed = useDebounced(value.slice(before.length).trim(), settles_ms);
  const { data: answer } = useQuery({
    queryKey: ['mail', 'recipients', typed],
    enabled: isOpen && typed.length >= letters_min && !typed.includes('<'),
    queryFn: ({ signal }) => api.get<SearchAnswer>('/search', { q: typed, limit: 20 }, signal),
    refetchInterval: searchAgain,
  });
  const hits = (answer?.data ?? [])
    .filter(({ resource, detail }) => resource === 'contact' && detail?.includes('@'))
    .slice(0, shown_max);
  const shown = isOpen ? hits.filter(({ detail }) => !value.includes(`<${detail}>`)) : [];
  const choose = ({ name, detail }: SearchHit) => {
    // A comma or bracket in a name would end it.
    onChange(`${before}${before && ' '}${name.replace(/[,;<>]/g, ' ')} <${detail}>, `);
    setActive(0);
  };
  return (
    <div className="relative">
      <Input
        value={value}
        required={required}
        autoFocus={autoFocus}
        autoComplete="off"
        role="combobox"
        aria-expanded={shown.length > 0}
        aria-controls={list}
        aria-activedescendant={shown.length > 0 ? `${list}-${active}` : undefined}
        onValueChange={(next) => {
          setIsOpen(true);
          setActive(0);
          onChange(next);
        }}
        onBlur={() => setIsOpen(false)}
        onKeyDown={(event) => {
          const chosen = shown[active];
          if (!chosen) return;
          if (event.key === 'ArrowDown') setActive((active + 1) % shown.length);
          else if (event.key === 'ArrowUp') setActive((active + shown.length - 1) % shown.length);
          else if (event.key === 'Enter' || event.key === 'Tab') choose(chosen);
          else if (event.key === 'Escape') setIsOpen(false);
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <div
        id={list}
        role="listbox"
        aria-label={t('Contacts')}
        className={cx('popup absolute inset-x-0 top-full z-50 mt-1 p-1', shown.length === 0 && 'hidden')}
      >
        {shown.map((hit, at) => (
          <div
            key={hit.id}
            id={`${list}-${at}`}
            role="option"
            tabIndex={-1}
            aria-selected={at === active}
            className={cx('flex items-center gap-2 rounded-md px-2 py-1.5 text-13', at === active && 'bg-hover')}
            onPointerDown={(event) => {
              event.preventDefault();
              choose(hit);
            }}
          >
            <Avatar name={hit.name} />
            <bdi className="truncate">{hit.name}</bdi>
            <bdi className="min-w-0 truncate text-12 text-muted">{hit.detail}</bdi>
          </div>
        ))}
      </div>
    </div>
  );
}
