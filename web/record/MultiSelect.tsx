import { Checkbox } from '../ui/Checkbox.tsx';
import type { SelectOption } from './field.ts';

interface MultiSelectProps {
  label: string;
  options: readonly SelectOption[];
  value: readonly string[];
  onChange: (value: string[]) => void;
}

/** Any of a few. */
export function MultiSelect({ label, options, value, onChange }: MultiSelectProps) {
  return (
    <fieldset aria-label={label} className="flex max-h-56 flex-col overflow-y-auto rounded-md border border-line p-1">
      {options.map((option) => (
        // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox inside is the control
        <label
          key={option.value}
          className="menu-item hover:bg-hover"
          // The focus would go nowhere for a moment, and what ends with it would be gone before the click.
          onMouseDown={(event) => event.preventDefault()}
        >
          <Checkbox
            checked={value.includes(option.value)}
            label={option.label}
            onChange={(on) => onChange(on ? [...value, option.value] : value.filter((other) => other !== option.value))}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}
