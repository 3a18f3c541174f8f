import { cx } from './cx.ts';
import { hueClass } from './hue.ts';

const sizes = { small: 'size-5 text-[0.625rem]', medium: 'size-7 text-12', large: 'size-11 text-16' };

/** Initials; the name is always beside it, so it is not read out. */
export function Avatar({
  name,
  square,
  size = 'small',
}: {
  name: string;
  square?: boolean;
  size?: keyof typeof sizes;
}) {
  return (
    <span
      aria-hidden="true"
      className={cx(
        'inline-flex shrink-0 items-center justify-center font-semibold select-none',
        square ? 'rounded-md' : 'rounded-full',
        sizes[size],
        hueClass(name),
      )}
    >
      {initials(name, square ? 1 : 2)}
    </span>
  );
}

function initials(name: string, count: number): string {
  const words = name
    .trim()
    .split(/\s+/)
    .filter((word) => /\p{L}|\p{N}/u.test(word));
  const picked = count === 1 || words.length < 2 ? words.slice(0, 1) : [words[0], words.at(-1)];
  return (
    picked
      .map((word) => firstLetter(word as string))
      .join('')
      .toLocaleUpperCase() || '?'
  );
}

function firstLetter(word: string): string {
  return /\p{L}\p{M}*|\p{N}/u.exec(word)?.[0] ?? '';
}
