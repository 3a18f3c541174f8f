import { Checkbox as Base } from '@base-ui/react/checkbox';
import { Check, Minus } from 'lucide-react';
import { cx } from './cx.ts';

interface CheckboxProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label?: string;
  indeterminate?: boolean;
  disabled?: boolean;
  name?: string;
  tabIndex?: number;
  className?: string;
}

export function Checkbox({ checked, onChange, label, indeterminate, className, ...rest }: CheckboxProps) {
  return (
    <Base.Root
      aria-label={label}
      checked={checked}
      indeterminate={indeterminate}
      onCheckedChange={(next) => onChange(next)}
      className={cx(
        'inline-flex size-4 shrink-0 items-center justify-center rounded-sm border border-control bg-surface text-on-accent',
        'data-checked:border-accent data-checked:bg-accent data-indeterminate:border-accent data-indeterminate:bg-accent',
        'data-disabled:opacity-50 relative pointer-coarse:before:absolute pointer-coarse:before:-inset-3 pointer-coarse:before:content-[""]',
        className,
      )}
      {...rest}
    >
      <Base.Indicator>
        {indeterminate ? <Minus size={12} strokeWidth={3} /> : <Check size={12} strokeWidth={3} />}
      </Base.Indicator>
    </Base.Root>
  );
}
