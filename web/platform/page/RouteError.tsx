import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { RefreshCw } from 'lucide-react';
import { useEffect } from 'react';
import { t, translateServerText } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { ApiError, requestIdOf } from '../query/problem.ts';
import { reportPageError } from '../session/pageErrors.ts';
import { NoRightsPage } from './NoRightsPage.tsx';
import { NotFoundPage } from './NotFoundPage.tsx';

/** The messages of browsers for a file of the page that could not be fetched. */
const missing_part = /dynamically imported module|module script|[Uu]nable to preload/;

export const isMissingPart = (error: unknown): boolean => error instanceof Error && missing_part.test(error.message);

/** Where the frame of the pages is not there either. */
export const RouteErrorPage = (props: ErrorComponentProps) => (
  <main className="flex min-h-full flex-col">
    <RouteError {...props} />
  </main>
);

/** What a page shows when it broke or could not be read. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  // React has caught it, so that the window does not hear of it.
  useEffect(() => {
    if (!isMissingPart(error)) reportPageError(error);
  }, [error]);
  if (error instanceof ApiError && error.status === 404) return <NotFoundPage />;
  if (error instanceof ApiError && error.status === 403)
    return <NoRightsPage title={t('Your role does not let you see this')} />;
  if (isMissingPart(error))
    return (
      <div className="flex flex-1 items-center bg-surface">
        <EmptyState
          page
          icon={<RefreshCw size={18} />}
          title={t('A part of the page is missing')}
          action={<Button onClick={() => window.location.reload()}>{t('Load the page again')}</Button>}
        >
          {t('Holdfast was updated meanwhile, or the connection broke. What you typed is kept.')}
        </EmptyState>
      </div>
    );
  const fromServer = error instanceof ApiError;
  return (
    <div className="flex flex-1 items-center bg-surface">
      <ErrorState
        title={fromServer ? translateServerText(error.problem.title) : t('Something went wrong on this page')}
        detail={
          fromServer
            ? error.message
            : t('Nothing you saved is lost. Load it again; if it stays, tell your administrator.')
        }
        reference={requestIdOf(error)}
        onRetry={() => {
          reset();
          void router.invalidate();
        }}
      />
    </div>
  );
}
