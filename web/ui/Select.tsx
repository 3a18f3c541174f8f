import { Select as Base } from '@base-ui/react/select';
import { Check, ChevronDown } from 'lucide-react';
import { t } from '../text/text.ts';
import { cx } from './cx.ts';

export interface Option {
  value: string;
  label: string;
}

interface SelectProps {
  options: readonly Option[];
  value: string | null;
  onChange: (value: string) => void;
  name?: string;
  label?: string;
  placeholder?: string;
  disabled?: boolean;
  /** Open from the start. */
  autoFocus?: boolean;
  className?: string;
}

/** One of a few. For many, or for records, Combobox. */
export function Select({
  options,
  value,
  onChange,
  name,
  label,
  placeholder = t('Choose'),
  disabled,
  autoFocus,
  className,
}: SelectProps) {
  return (
    <Base.Root
      items={options as Option[]}
      value={value}
      name={name}
      disabled={disabled}
      defaultOpen={autoFocus}
      onValueChange={(next) => next !== null && onChange(next)}
    >
      <Base.Trigger
        aria-label={label}
        className={cx(
          'control flex items-center justify-between gap-2 text-start data-placeholder:text-faint',
          className,
        )}
      >
        <Base.Value className="min-w-0 truncate" placeholder={placeholder} />
        <Base.Icon className="shrink-0 text-faint">
          <ChevronDown size={14} />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50">
          <Base.Popup className="popup max-h-(--available-height) max-w-(--available-width) min-w-(--anchor-width) overflow-y-auto p-1">
            <Base.List>
              {options.map((option) => (
                <Base.Item key={option.value} value={option.value} className="menu-item pe-2">
                  <Base.ItemText className="min-w-0 flex-1 wrap-anywhere">{option.label}</Base.ItemText>
                  <Base.ItemIndicator className="text-accent-ink">
                    <Check size={14} />
                  </Base.ItemIndicator>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
