import { Outlet, useLocation, useRouteContext, useRouter } from '@tanstack/react-router';
import { Suspense, useEffect, useLayoutEffect, useState } from 'react';
import { useLiveUpdates } from '../platform/live/live.ts';
import { forgetOwner } from '../platform/offline/owner.ts';
import { useOffline } from '../platform/offline/useOffline.ts';
import { NotFoundPage } from '../platform/page/NotFoundPage.tsx';
import { isSwitchedOff } from '../platform/product/products.ts';
import { queryClient } from '../platform/query/queryClient.ts';
import { isLeaving, SessionProvider, useSession } from '../platform/session/session.tsx';
import { lazyPart } from '../text/lazy.ts';
import { t } from '../text/text.ts';
import { BottomBar } from './BottomBar.tsx';
import { ConnectionNotice } from './ConnectionNotice.tsx';
import { Sidebar } from './Sidebar.tsx';
import { loadSections } from './settings/sections.ts';
import { useShortcuts } from './shortcuts.ts';

/** It offers the sections of the settings. */
const CommandPalette = lazyPart(async () => {
  const [palette] = await Promise.all([import('./palette/CommandPalette.tsx'), loadSections()]);
  return palette;
});
const ShortcutsDialog = lazyPart(() => import('./ShortcutsDialog.tsx'));

export function Shell() {
  const { session } = useRouteContext({ from: '/shell' });
  return (
    <SessionProvider initial={session}>
      <Frame />
    </SessionProvider>
  );
}

function Frame() {
  const [searching, setSearching] = useState(false);
  const [typed, setTyped] = useState('');
  const [helping, setHelping] = useState(false);
  const endSearch = () => {
    setSearching(false);
    setTyped('');
  };
  useLiveUpdates();
  useSignedOut();
  useFocusOfPage();
  useOffline();
  useShortcuts({ onSearch: () => setSearching(true), onHelp: () => setHelping(true) });
  return (
    // Clipped: what only screen readers see is positioned, and would make the whole document scroll where a list inside
    // it does.
    <div className="relative flex h-dvh flex-col overflow-clip md:flex-row print:block print:h-auto print:overflow-visible">
      <a
        href="#main"
        className="absolute -top-12 start-2 z-50 rounded-md bg-accent px-3 py-2 text-13 text-on-accent focus:top-2 print:hidden"
      >
        {t('Skip to content')}
      </a>
      <Sidebar onSearch={() => setSearching(true)} />
      <main id="main" tabIndex={-1} className="flex min-h-0 min-w-0 flex-1 flex-col outline-none">
        <ConnectionNotice />
        <ProductPage />
      </main>
      <BottomBar onSearch={() => setSearching(true)} />
      <Suspense fallback={<KeysMeanwhile onKey={(key) => setTyped((before) => before + key)} />}>
        {searching && <CommandPalette start={typed} onClose={endSearch} />}
      </Suspense>
      <Suspense>{helping && <ShortcutsDialog onClose={() => setHelping(false)} />}</Suspense>
    </div>
  );
}

/** The page, unless it belongs to a product that the workspace has switched off: that is as if it were not there. */
function ProductPage() {
  useSession();
  const pathname = useLocation({ select: (location) => location.pathname });
  return isSwitchedOff(pathname) ? <NotFoundPage /> : <Outlet />;
}

/** While the search is fetched, keys are kept for it: they must neither be lost nor do something else on the page. */
function KeysMeanwhile({ onKey }: { onKey: (key: string) => void }) {
  useLayoutEffect(() => {
    const keep = (event: KeyboardEvent) => {
      if (event.key.length > 1 || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      onKey(event.key);
    };
    window.addEventListener('keydown', keep, { capture: true });
    return () => window.removeEventListener('keydown', keep, { capture: true });
  });
  return null;
}

/** A page that one came to by a key begins where its content does, not at the sidebar. */
function useFocusOfPage() {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe('onResolved', ({ fromLocation, pathChanged }) => {
        if (fromLocation && pathChanged && document.activeElement === document.body)
          document.getElementById('main')?.focus({ preventScroll: true });
      }),
    [router],
  );
}

/** A session that ended elsewhere sends one to sign in and then back here. What was typed stays in this browser. */
function useSignedOut() {
  const router = useRouter();
  useEffect(() => {
    const leave = () => {
      const { href, pathname } = router.state.location;
      // What was asked beside the first refusal is refused a moment later, when one is on the way already.
      if (isLeaving() || pathname === '/sign-in') return;
      queryClient.clear();
      void forgetOwner();
      void router.navigate({ to: '/sign-in', search: { next: href } });
    };
    window.addEventListener('holdfast:signed-out', leave);
    return () => window.removeEventListener('holdfast:signed-out', leave);
  }, [router]);
}
