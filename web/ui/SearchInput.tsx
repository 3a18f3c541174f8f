import { Search } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cx } from './cx.ts';
import { Input } from './Input.tsx';

export function SearchInput({ className, ...rest }: ComponentProps<typeof Input>) {
  return (
    <div className={cx('relative', className)}>
      <Search size={14} aria-hidden="true" className="absolute start-2.5 top-1/2 -translate-y-1/2 text-faint" />
      <Input type="search" className="ps-8" {...rest} />
    </div>
  );
}
