import { Input as Base } from '@base-ui/react/input';
import type { ComponentProps } from 'react';
import { cx } from './cx.ts';

/** Browsers let one type on in a year until it has six digits. */
const latest: Record<string, string> = { date: '9999-12-31', 'datetime-local': '9999-12-31T23:59' };

export function Input({ className, ...rest }: Omit<ComponentProps<typeof Base>, 'className'> & { className?: string }) {
  return <Base className={cx('control', className)} max={latest[rest.type ?? '']} {...rest} />;
}
