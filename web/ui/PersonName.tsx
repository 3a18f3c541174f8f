import { Avatar } from './Avatar.tsx';
import { cx } from './cx.ts';

/** A person or company with its mark. `bdi` keeps a right-to-left name from turning the line around. */
export function PersonName({ name, square, className }: { name: string; square?: boolean; className?: string }) {
  return (
    <span className={cx('inline-flex min-w-0 max-w-full items-center gap-2', className)}>
      <Avatar name={name} square={square} />
      <bdi className="min-w-0 truncate">{name}</bdi>
    </span>
  );
}
