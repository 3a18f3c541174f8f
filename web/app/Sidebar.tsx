import { Link, useSearch } from '@tanstack/react-router';
import { PanelLeftClose, PanelLeftOpen, Search } from 'lucide-react';
import { Suspense, useState } from 'react';
import { useFavourites } from '../platform/favourite/favourites.ts';
import { homeOf } from '../platform/product/products.ts';
import { useViewLinks, type ViewLink } from '../platform/record/view/viewLinks.ts';
import { useMay, useSession } from '../platform/session/session.tsx';
import { lazyPart } from '../text/lazy.ts';
import { t } from '../text/text.ts';
import { cx } from '../ui/cx.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Kbd } from '../ui/Kbd.tsx';
import { Logo } from '../ui/Logo.tsx';
import { useTight } from '../ui/media.ts';
import { AccountMenu } from './AccountMenu.tsx';
import { NavLink } from './NavLink.tsx';
import { shownGroups, tools } from './navigation.ts';
import { SidebarSection, useSection } from './SidebarSection.tsx';
import { WorkspaceMenu } from './WorkspaceMenu.tsx';

/** Fetched for whoever has some: it brings along how they are dragged. */
const SidebarFavourites = lazyPart(() => import('./SidebarFavourites.tsx'));

const kept_key = 'holdfast.sidebar';

/** On a tablet the page needs the room: there it starts folded, whatever was chosen where there is more of it. */
function useFolded(): [boolean, (next: boolean) => void] {
  const tight = useTight();
  const [folded, setFolded] = useState(() => window.localStorage.getItem(kept_key) === 'folded');
  const [unfoldedInTight, setUnfoldedInTight] = useState(false);
  if (tight) return [!unfoldedInTight, (next) => setUnfoldedInTight(!next)];
  return [
    folded,
    (next) => {
      setFolded(next);
      window.localStorage.setItem(kept_key, next ? 'folded' : 'open');
    },
  ];
}

export function Sidebar({ onSearch }: { onSearch: () => void }) {
  const [folded, fold] = useFolded();
  const views = useViewLinks();
  const viewsSection = useSection('holdfast.sidebar.views');
  const openView = useSearch({ strict: false, select: ({ view }: { view?: string }) => view });
  /** Of its list and the view, the view is where one is, as long as it stands there. */
  const viewed = folded || !viewsSection.open ? undefined : views.find(({ id }) => id === openView)?.to;
  const { home, features_off } = useSession();
  const hasFavourites = useFavourites()?.data.length !== 0;
  const may = useMay();

  return (
    <nav
      aria-label={t('Main')}
      className={cx(
        'hidden shrink-0 flex-col border-e border-line bg-canvas p-2 md:flex print:hidden',
        folded ? 'w-13' : 'w-60',
      )}
    >
      <div className={cx('mb-2 flex h-8 items-center gap-2', folded ? 'justify-center' : 'ps-2')}>
        {!folded && (
          <>
            <Link to={homeOf(home, features_off)} aria-label={t('Home page')}>
              <Logo />
            </Link>
            <WorkspaceMenu />
          </>
        )}
        <IconButton
          label={folded ? t('Expand sidebar') : t('Collapse sidebar')}
          size="small"
          onClick={() => fold(!folded)}
        >
          {folded ? (
            <PanelLeftOpen size={16} className="rtl:-scale-x-100" />
          ) : (
            <PanelLeftClose size={16} className="rtl:-scale-x-100" />
          )}
        </IconButton>
      </div>
      <button
        type="button"
        onClick={onSearch}
        aria-label={t('Search')}
        className={cx(
          'mb-3 flex h-8 items-center gap-2 rounded-md border border-line bg-surface text-13 text-muted hover:border-line-strong',
          folded ? 'justify-center' : 'px-2',
        )}
      >
        <Search size={14} />
        {!folded && (
          <>
            <span className="flex-1 text-start">{t('Search')}</span>
            <Kbd keys="mod k" />
          </>
        )}
      </button>
      {/* Its links draw their frames of focus beside them. */}
      <div className="-mx-2 min-h-0 flex-1 overflow-y-auto px-2">
        {shownGroups(may).map(({ title, destinations }) => (
          <section key={title ?? ''} aria-label={title}>
            {title &&
              (folded ? (
                <div className="mx-2 my-2 h-px bg-line" />
              ) : (
                <h2 className="mt-4 flex h-7 items-center px-2 text-12 font-medium text-muted">{title}</h2>
              ))}
            <ul className="flex flex-col gap-0.5">
              {destinations.map(({ to, label, icon: Icon, key, Badge }) => (
                <li key={to}>
                  <NavLink
                    to={to}
                    label={label}
                    keys={key && `g ${key}`}
                    viewed={to === viewed}
                    folded={folded}
                    icon={<Icon size={16} />}
                    badge={Badge && <Badge />}
                  />
                </li>
              ))}
            </ul>
          </section>
        ))}
        {!folded && (
          <>
            <Suspense>{hasFavourites && <SidebarFavourites />}</Suspense>
            <SavedViews views={views} section={viewsSection} />
          </>
        )}
      </div>
      <ul className="mt-2 flex flex-col gap-0.5 border-t border-line pt-2">
        {tools()
          .filter(({ isShown }) => !isShown || isShown(may))
          .map(({ to, label, icon: Icon }) => (
            <li key={to}>
              <NavLink to={to} label={label} folded={folded} icon={<Icon size={16} />} />
            </li>
          ))}
      </ul>
      <div className="mt-2 border-t border-line pt-2">
        <AccountMenu folded={folded} />
      </div>
    </nav>
  );
}

/** The lists that somebody saved. */
function SavedViews({ views, section }: { views: ViewLink[]; section: ReturnType<typeof useSection> }) {
  if (views.length === 0) return null;
  return (
    <SidebarSection label={t('Saved views')} {...section}>
      {views.map(({ id, to, label, icon: Icon }) => (
        <li key={id}>
          <NavLink to={to} search={{ view: id }} label={label} folded={false} icon={<Icon size={16} />} />
        </li>
      ))}
    </SidebarSection>
  );
}
