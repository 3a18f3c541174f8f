import { useId } from 'react';
import { Checkbox } from '../../ui/Checkbox.tsx';
import { cx } from '../../ui/cx.ts';
import type { SelectOption } from './field.ts';

interface MultiSelectProps {
  label: string;
  options: readonly SelectOption[];
  value: readonly string[];
  onChange: (value: string[]) => void;
}

/** Any of a few. */
export function MultiSelect({ label, options, value, onChange }: MultiSelectProps) {
  const id = useId();
  const isExplained = options.some(({ detail }) => detail);
  return (
    <fieldset
      aria-label={label}
      className={cx(
        'flex flex-col overflow-y-auto rounded-md border border-line p-1',
        isExplained ? 'max-h-80' : 'max-h-56',
      )}
    >
      {options.map((option) => (
        // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox inside is the control
        <label
          key={option.value}
          className={cx('menu-item shrink-0 hover:bg-hover', option.detail && 'items-start!')}
          // The focus would go nowhere for a moment, and what ends with it would be gone before the click.
          onMouseDown={(event) => event.preventDefault()}
        >
          <Checkbox
            checked={value.includes(option.value)}
            label={option.label}
            describedBy={option.detail && `${id}${option.value}`}
            className={cx(option.detail && 'mt-0.5')}
            onChange={(on) => onChange(on ? [...value, option.value] : value.filter((other) => other !== option.value))}
          />
          <span className="min-w-0 wrap-anywhere">
            <span className="block">{option.label}</span>
            {option.detail && (
              <span id={`${id}${option.value}`} className="block text-12 text-muted">
                {option.detail}
              </span>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
