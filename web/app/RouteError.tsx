import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { t, told } from '../text/text.ts';
import { ErrorState } from '../ui/ErrorState.tsx';
import { NoRightsPage } from './NoRightsPage.tsx';
import { NotFoundPage } from './NotFoundPage.tsx';
import { ApiError, requestIdOf } from './problem.ts';

/** What a page shows when it broke or could not be read. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  if (error instanceof ApiError && error.status === 404) return <NotFoundPage />;
  if (error instanceof ApiError && error.status === 403)
    return <NoRightsPage title={t('Your role does not let you see this')} />;
  const fromServer = error instanceof ApiError;
  return (
    <main className="flex flex-1 items-center bg-surface">
      <ErrorState
        title={fromServer ? told(error.problem.title) : t('This page ran into a mistake of ours')}
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
    </main>
  );
}
