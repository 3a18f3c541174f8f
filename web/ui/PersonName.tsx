import { Avatar } from './Avatar.tsx';
import { cx } from './cx.ts';

interface PersonNameProps {
  name: string;
  square?: boolean;
  /** On as many lines as it takes. */
  whole?: boolean;
  className?: string;
}

/** A person or company with its mark. `bdi` keeps a right-to-left name from turning the line around. */
export function PersonName({ name, square, whole, className }: PersonNameProps) {
  return (
    <span className={cx('inline-flex min-w-0 max-w-full items-center gap-2', className)}>
      <Avatar name={name} square={square} />
      <bdi className={cx('min-w-0', whole ? 'wrap-anywhere' : 'truncate')}>{name}</bdi>
    </span>
  );
}
