import { X } from 'lucide-react';
import { t } from '../text/text.ts';
import { cx } from './cx.ts';
import { hueClass, tagClasses } from './hue.ts';

interface ChipProps {
  children: string;
  /** As the API names it; without one the text decides. */
  color?: string;
  onRemove?: () => void;
}

/** A tag, removable where `onRemove` is given. */
export function Chip({ children, color, onRemove }: ChipProps) {
  return (
    <span
      className={cx(
        'inline-flex h-5 max-w-40 shrink-0 items-center gap-0.5 rounded-sm px-1.5 text-12 font-medium',
        onRemove && 'pointer-coarse:h-10',
        color ? tagClasses[color] : hueClass(children),
      )}
    >
      <bdi className="truncate">{children}</bdi>
      {onRemove && (
        <button
          type="button"
          aria-label={t('Remove {name}', { name: children })}
          className="-me-1 rounded-sm p-0.5 pointer-coarse:-me-1.5 pointer-coarse:p-3.5"
          onClick={onRemove}
        >
          <X size={12} />
        </button>
      )}
    </span>
  );
}
