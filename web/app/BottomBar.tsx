import { Link, useLocation } from '@tanstack/react-router';
import { Ellipsis, Search } from 'lucide-react';
import { useState } from 'react';
import { useMay } from '../platform/session/session.tsx';
import { t } from '../text/text.ts';
import { cx } from '../ui/cx.ts';
import { MobileMenu } from './MobileMenu.tsx';
import { destinations } from './navigation.ts';

const item =
  'flex h-14 flex-auto flex-col items-center justify-center gap-0.5 text-12 text-muted aria-[current]:text-accent-ink';

/** On a phone: the places one goes to most, search, and the rest behind "More". */
export function BottomBar({ onSearch }: { onSearch: () => void }) {
  const [open, setOpen] = useState(false);
  const may = useMay();
  const pathname = useLocation({ select: ({ pathname }) => pathname });
  const places = destinations().filter(({ atBottom, resource }) => atBottom && (!resource || may(resource, 'read')));
  const isBehind = places.every(({ to }) => pathname !== to && (to === '/' || !pathname.startsWith(`${to}/`)));
  return (
    <nav
      aria-label={t('Main')}
      className="flex shrink-0 border-t border-line bg-canvas pb-[env(safe-area-inset-bottom)] md:hidden print:hidden"
    >
      {places.map(({ to, label, icon: Icon, Badge }) => (
        <Link key={to} to={to} activeOptions={{ exact: to === '/', includeSearch: false }} className={item}>
          <span className="relative">
            <Icon size={20} />
            {Badge && (
              <span className="absolute -end-3 -top-2 scale-75">
                <Badge />
              </span>
            )}
          </span>
          {label}
        </Link>
      ))}
      <button type="button" className={item} onClick={onSearch}>
        <Search size={20} />
        {t('Search')}
      </button>
      <button
        type="button"
        className={cx(item, open && 'text-ink')}
        aria-current={isBehind || undefined}
        aria-expanded={open}
        onClick={() => setOpen(true)}
      >
        <Ellipsis size={20} />
        {t('More')}
      </button>
      <MobileMenu open={open} onClose={() => setOpen(false)} />
    </nav>
  );
}
