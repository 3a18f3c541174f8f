import { Field as Base } from '@base-ui/react/field';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

interface FieldProps {
  /** As the API names it: an error of a problem+json finds its field by this. */
  name: string;
  label: string;
  help?: ReactNode;
  required?: boolean;
  /** When the control is no native input, its label is the caller's `aria-label`. */
  children: ReactNode;
  /** There are several controls, each with a name of its own. */
  several?: boolean;
  className?: string;
}

/** Label above, help below, error in place of help. */
export function Field({ name, label, help, required, children, several, className }: FieldProps) {
  return (
    <Base.Root name={name} className={cx('group/field flex min-w-0 flex-col gap-1', className)}>
      <Base.Label className="text-13 font-medium">
        {label}
        {required && (
          <span aria-hidden="true" className="text-bad-ink">
            {' '}
            *
          </span>
        )}
      </Base.Label>
      {several ? (
        <Base.Root render={<fieldset aria-label={label} className="min-w-0" />}>{children}</Base.Root>
      ) : (
        children
      )}
      <Base.Error className="text-12 text-bad-ink" />
      {help && (
        <Base.Description className="text-12 text-muted group-data-invalid/field:hidden">{help}</Base.Description>
      )}
    </Base.Root>
  );
}
