import { Combobox as Base } from '@base-ui/react/combobox';
import { Check, X } from 'lucide-react';
import { useState } from 'react';
import { t } from '../text/text.ts';
import { cx } from './cx.ts';

export interface Choice {
  id: string;
  name: string;
  detail?: string | null;
}

interface ComboboxProps {
  value: Choice | null;
  onChange: (choice: Choice | null) => void;
  /** The choices for what is typed. The caller looks them up, so the list may be longer than the page holds. */
  choices: readonly Choice[];
  onQuery: (query: string) => void;
  loading?: boolean;
  name?: string;
  label?: string;
  placeholder?: string;
  disabled?: boolean;
  autoFocus?: boolean;
  className?: string;
  id?: string;
}

export function Combobox(props: ComboboxProps) {
  const {
    value,
    onChange,
    choices,
    onQuery,
    loading,
    name,
    label,
    placeholder = t('Search'),
    disabled,
    autoFocus,
  } = props;
  const [query, setQuery] = useState('');
  return (
    <Base.Root<Choice>
      items={choices as Choice[]}
      filter={null}
      value={value}
      name={name}
      disabled={disabled}
      defaultOpen={autoFocus}
      autoHighlight
      itemToStringLabel={(item) => item.name}
      itemToStringValue={(item) => item.id}
      isItemEqualToValue={(a, b) => a.id === b.id}
      onValueChange={onChange}
      onInputValueChange={(text, details) => {
        const typed = details.reason === 'input-change' ? text : '';
        setQuery(typed);
        onQuery(typed);
      }}
    >
      <div className={cx('relative', props.className)}>
        <Base.Input
          id={props.id}
          aria-label={label}
          placeholder={placeholder}
          autoFocus={autoFocus}
          // What one types replaces the name that stands there.
          onFocus={(event) => event.currentTarget.select()}
          onKeyDown={(event) => {
            // There is nothing to take yet: it must neither close the list nor send the form.
            if (event.key !== 'Enter' || query === '' || !loading || choices.length > 0) return;
            event.preventDefault();
            event.preventBaseUIHandler();
          }}
          className="control pe-8 text-ellipsis"
        />
        {value && !disabled && (
          <Base.Clear
            aria-label={t('Clear')}
            className="absolute top-1/2 end-1 inline-flex size-6 -translate-y-1/2 items-center justify-center rounded-sm text-faint hover:text-ink"
          >
            <X size={14} />
          </Base.Clear>
        )}
      </div>
      <Base.Portal>
        <Base.Positioner sideOffset={4} className="z-50">
          <Base.Popup className="popup flex max-h-80 w-(--anchor-width) min-w-64 flex-col">
            <Base.Empty className="px-3 py-2 text-13 text-muted empty:hidden">
              {loading
                ? t('Searching…')
                : query
                  ? t('Nothing found for “{query}”', { query })
                  : t('Nothing to choose yet')}
            </Base.Empty>
            <Base.List className="min-h-0 overflow-y-auto p-1 empty:hidden">
              {(item: Choice) => (
                <Base.Item key={item.id} value={item} className="menu-item">
                  <span className="min-w-0 flex-1">
                    <span className="block truncate">
                      <bdi>{item.name}</bdi>
                    </span>
                    {item.detail && (
                      <span className="block truncate text-12 text-muted">
                        <bdi>{item.detail}</bdi>
                      </span>
                    )}
                  </span>
                  <Base.ItemIndicator className="text-accent-ink">
                    <Check size={14} />
                  </Base.ItemIndicator>
                </Base.Item>
              )}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
