import { Field } from '@base-ui/react/field';
import type { ComponentProps } from 'react';
import { cx } from './cx.ts';

type TextareaProps = Omit<ComponentProps<typeof Field.Control>, 'className' | 'render'> & {
  className?: string;
  rows?: number;
};

export function Textarea({ className, rows = 4, ...rest }: TextareaProps) {
  return (
    <Field.Control
      // It grows with its text, from so many rows on: a size by content passes over `rows`.
      render={<textarea rows={rows} style={{ minHeight: `calc(${rows} * 1.25rem + 0.875rem)` }} />}
      className={cx('control block py-1.5 leading-5 [field-sizing:content] max-h-80', className)}
      {...rest}
    />
  );
}
