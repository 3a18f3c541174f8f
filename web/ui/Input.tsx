import { Input as Base } from '@base-ui/react/input';
import type { ComponentProps } from 'react';
import { cx } from './cx.ts';

export function Input({ className, ...rest }: Omit<ComponentProps<typeof Base>, 'className'> & { className?: string }) {
  return <Base className={cx('control', className)} {...rest} />;
}
