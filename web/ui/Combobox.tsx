import { Combobox as Base } from '@base-ui/react/combobox';
import { Check, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { nameKey, t } from '../text/text.ts';
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
  /** Of the choices, those that were chosen before: they are not offered again. */
  chosen?: readonly Choice[];
  /** Makes one of the name that was typed, where there is none. */
  onMake?: (name: string) => Promise<unknown>;
  /** What is typed but not chosen stays when one leaves, and a form is not sent with it. */
  guarded?: boolean;
  loading?: boolean;
  name?: string;
  label?: string;
  placeholder?: string;
  disabled?: boolean;
  autoFocus?: boolean;
  className?: string;
  id?: string;
}

/** Stands for what is not there yet. */
const new_id = 'new';
/** How the text comes back to the name of what is chosen once the list has closed. */
const closed = new Set(['none', 'input-clear']);

export function Combobox(props: ComboboxProps) {
  const {
    value,
    onChange,
    choices,
    onQuery,
    chosen = [],
    onMake,
    guarded,
    loading,
    name,
    label,
    placeholder = t('Search'),
    disabled,
    autoFocus,
  } = props;
  const [query, setQuery] = useState('');
  const [making, setMaking] = useState<string | null>(null);
  const highlighted = useRef<Choice>(undefined);
  const dismissed = useRef(false);
  /** The form asks this one whether it may be sent. */
  const formInput = useRef<HTMLInputElement>(null);
  const typed = query.trim();
  const offered = choices.filter(({ id }) => chosen.every((other) => other.id !== id));
  const isNew = typed !== '' && !loading && !choices.some(({ name }) => nameKey(name) === nameKey(typed));
  const toMake = onMake && isNew ? [{ id: new_id, name: t('Create “{name}”', { name: typed }) }] : [];
  useEffect(() => {
    if (guarded) formInput.current?.setCustomValidity(making === null ? '' : t('It is still being created.'));
  }, [guarded, making]);

  function type(text: string) {
    setQuery(text);
    onQuery(text);
    // Before the form looks again whether what it complained about has been put right.
    if (guarded)
      formInput.current?.setCustomValidity(text.trim() && t('Choose one from the list, or clear the field.'));
  }

  async function make() {
    setMaking(typed);
    await onMake?.(typed);
    setMaking(null);
  }

  return (
    <Base.Root<Choice>
      items={[...offered, ...toMake]}
      filter={null}
      value={making === null ? value : { id: new_id, name: making }}
      inputRef={formInput}
      name={name}
      disabled={disabled}
      defaultOpen={autoFocus}
      autoHighlight
      itemToStringLabel={(item) => (item.id === new_id ? (making ?? typed) : item.name)}
      itemToStringValue={(item) => item.id}
      isItemEqualToValue={(a, b) => a.id === b.id}
      onValueChange={(choice) => (choice?.id === new_id ? void make() : onChange(choice))}
      onItemHighlighted={(choice) => {
        highlighted.current = choice;
      }}
      onOpenChange={(_, { reason }) => {
        dismissed.current = reason === 'escape-key';
      }}
      onInputValueChange={(text, details) => {
        if (guarded && typed && !dismissed.current && closed.has(details.reason)) details.cancel();
        else type(details.reason === 'input-change' ? text : '');
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
            // With its list closed it would empty the field, and stay in the form that one wants to leave.
            if (event.key === 'Escape' && event.currentTarget.ariaExpanded !== 'true') event.preventBaseUIHandler();
            const first = highlighted.current;
            // Whoever has typed a name goes on to the next field; what is not there yet is made only when one says so.
            if (event.key === 'Tab' && typed && first && first.id !== new_id) {
              type('');
              onChange(first);
            }
            // There is nothing to take yet: it must neither close the list nor send the form.
            if (event.key !== 'Enter' || query === '' || !loading || offered.length > 0) return;
            event.preventDefault();
            event.preventBaseUIHandler();
          }}
          className="control pe-8 text-ellipsis"
        />
        {value && !disabled && making === null && (
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
