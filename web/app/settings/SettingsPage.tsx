import { Link, useParams } from '@tanstack/react-router';
import { ChevronRight, Lock } from 'lucide-react';
import { Suspense } from 'react';
import { NoRightsPage } from '../../platform/page/NoRightsPage.tsx';
import { NotFoundPage } from '../../platform/page/NotFoundPage.tsx';
import { PageBar } from '../../platform/page/PageBar.tsx';
import { usePageTitle } from '../../platform/page/usePageTitle.ts';
import { viewLink } from '../../platform/page/viewLink.ts';
import { ConfirmationHost } from '../../platform/session/confirm.tsx';
import { useMay, useSession } from '../../platform/session/session.tsx';
import { SectionIcon } from '../../platform/settings/sectionContext.ts';
import { t } from '../../text/text.ts';
import { useNarrow } from '../../ui/media.ts';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { SettingsNav } from './SettingsNav.tsx';
import { isOnlyShown, isOpen, settingsGroups } from './sections.ts';

/** All settings: a list of sections at the left, on a phone a page of its own. */
export default function SettingsPage() {
  const { section: id } = useParams({ strict: false }) as { section?: string };
  const narrow = useNarrow();
  const may = useMay();
  const session = useSession();
  const all = settingsGroups().flatMap((group) => group.sections);
  const section = all.find((each) => each.id === (id ?? 'profile'));
  usePageTitle(section ? t('{section} settings', { section: section.label }) : t('Settings'));
  if (!section) return <NotFoundPage />;
  const listed = narrow && id === undefined;
  const beside = section.entry
    ? all.filter((each) => each.entry?.label === section.entry?.label && isOpen(each, may, session))
    : [];
  const allowed = isOpen(section, may, session);
  return (
    <SectionIcon value={section.icon}>
      <ConfirmationHost />
      <PageBar
        views={beside.map(({ id: each, label }) => (
          <Link key={each} to="/settings/$section" params={{ section: each }} {...viewLink(each === section.id)}>
            {label}
          </Link>
        ))}
        title={
          <>
            {narrow && !listed && (
              <Link to="/settings" className="flex shrink-0 items-center gap-1 text-13 font-normal text-muted">
                {t('Settings')}
                <ChevronRight size={14} aria-hidden="true" className="text-faint rtl:-scale-x-100" />
              </Link>
            )}
            <h1 className="truncate">{narrow && !listed ? section.label : t('Settings')}</h1>
          </>
        }
      />
      <div className="flex min-h-0 flex-1 bg-surface">
        {(!narrow || listed) && <SettingsNav current={listed ? undefined : section.id} />}
        {!listed && section.wide && allowed && (
          <Suspense fallback={<SkeletonRows label={t('Loading the settings')} />}>
            <section.Page />
          </Suspense>
        )}
        {!listed && !(section.wide && allowed) && (
          <div className="min-w-0 flex-1 overflow-y-auto">
            <div className="mx-auto max-w-4xl px-4 py-6 md:px-8">
              {allowed ? (
                <>
                  {isOnlyShown(section, may) && (
                    <p className="mb-5 flex items-center gap-2 text-13 text-muted">
                      <Lock size={14} aria-hidden="true" className="shrink-0" />
                      {t('Your role lets you see this, not change it. Ask an administrator of your workspace.')}
                    </p>
                  )}
                  <Suspense fallback={<SkeletonRows label={t('Loading the settings')} />}>
                    <section.Page />
                  </Suspense>
                </>
              ) : section.operator ? (
                <NoRightsPage title={t('Only operators of this installation see this')}>
                  {t('Whoever runs Holdfast names them on the server: holdfast operator grant.')}
                </NoRightsPage>
              ) : (
                <NoRightsPage title={t('Your role does not let you see this')} />
              )}
            </div>
          </div>
        )}
      </div>
    </SectionIcon>
  );
}
