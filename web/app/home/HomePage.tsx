import { Link } from '@tanstack/react-router';
import { Suspense } from 'react';
import { PageBar } from '../../platform/page/PageBar.tsx';
import { usePageTitle } from '../../platform/page/usePageTitle.ts';
import type { HomePart } from '../../platform/product/manifest.ts';
import { useRecents } from '../../platform/record/recents.ts';
import { findType } from '../../platform/record/recordTypes.ts';
import { useMay, useSession } from '../../platform/session/session.tsx';
import { T } from '../../text/T.tsx';
import { t } from '../../text/text.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { useNow } from '../../ui/clock.ts';
import { formatToday, hourOfDay } from '../../ui/format.ts';
import { destinations } from '../navigation.ts';
import { homeParts } from './parts.ts';

/** What the day holds for whoever is signed in. */
export default function HomePage() {
  usePageTitle(t('Home'));
  const { user } = useSession();
  const may = useMay();
  const recents = useRecents(user.id);
  const now = useNow();
  const inSlot = (slot: HomePart['slot']) =>
    homeParts()
      .filter((part) => part.slot === slot && (!part.resource || may(part.resource, 'read')))
      .map(({ Part }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a slot keep their order
        <Suspense key={index}>
          <Part />
        </Suspense>
      ));
  return (
    <>
      <PageBar title={<span>{t('Home')}</span>} />
      <div className="min-h-0 flex-1 overflow-y-auto bg-surface">
        <div className="mx-auto flex max-w-5xl flex-col gap-8 px-4 py-6 md:px-8 md:py-8">
          <header>
            <p className="text-13 text-muted">{formatToday(now)}</p>
            <h1 className="mt-0.5 text-28">
              <T
                text="{greeting}, <bdi>{name}</bdi>"
                values={{ greeting: greeting(now), name: user.name.split(/\s+/)[0], bdi: (name) => <bdi>{name}</bdi> }}
              />
            </h1>
          </header>
          {inSlot('notice')}
          {inSlot('figures')}
          {!destinations().some(({ resource }) => resource && may(resource, 'read')) && (
            <p className="max-w-prose text-14 text-muted">
              {t('Nothing has been shared with you yet. When something is, it appears in the menu.')}
            </p>
          )}
          <div className="grid grid-cols-1 items-start gap-8 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            {inSlot('main')}
            <div className="flex flex-col gap-8">
              {inSlot('side')}
              {recents.length > 0 && (
                <section aria-label={t('Recently opened')}>
                  <h2 className="mb-1 text-14">{t('Recently opened')}</h2>
                  <ul className="-mx-2">
                    {recents.map(({ to, name, resource }) => (
                      <li key={to}>
                        <Link
                          to={to}
                          className="flex h-9 items-center gap-2.5 rounded-md px-2 text-13 hover:bg-hover pointer-coarse:h-11"
                        >
                          <Avatar name={name} square={findType(resource)?.square} />
                          <bdi className="min-w-0 truncate">{name}</bdi>
                        </Link>
                      </li>
                    ))}
                  </ul>
                </section>
              )}
            </div>
          </div>
        </div>
      </div>
    </>
  );
}

function greeting(now: number): string {
  const hour = hourOfDay(now);
  if (hour < 12) return t('Good morning');
  return hour < 18 ? t('Good afternoon') : t('Good evening');
}
