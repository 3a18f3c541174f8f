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
      render={<textarea rows={rows} />}
      className={cx('control block py-1.5 leading-5 [field-sizing:content] max-h-80', className)}
      {...rest}
    />
  );
}
