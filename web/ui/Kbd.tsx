import { t } from '../text/text.ts';
import { cx } from './cx.ts';

const mac = navigator.platform.startsWith('Mac');
const shown: Record<string, string> = {
  mod: mac ? '⌘' : t('Ctrl'),
  shift: '⇧',
  enter: '↵',
  esc: 'Esc',
  up: '↑',
  down: '↓',
  left: '←',
  space: t('Space'),
  delete: t('Del'),
};

/** `keys` as in "mod k" or "g c": one box per key. `roomy`: only where the screen is wider than a phone's. */
export function Kbd({ keys, roomy }: { keys: string; roomy?: boolean }) {
  return (
    <span dir="ltr" className={cx('inline-flex gap-0.5', roomy && 'max-sm:hidden')}>
      {keys.split(' ').map((key) => (
        <kbd
          key={key}
          className="inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-sm border border-line bg-sunken px-1 font-sans text-12 text-muted"
        >
          {shown[key] ?? key.toUpperCase()}
        </kbd>
      ))}
    </span>
  );
}
