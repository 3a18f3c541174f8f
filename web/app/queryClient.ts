import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './problem.ts';

/** The live stream says when something changed, so what was read stays good until then. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5 * 60_000,
      gcTime: 10 * 60_000,
      // A broken connection may be back at once; what the server itself says is shown, with a way to try again.
      retry: (failures, error) => failures < 1 && error instanceof ApiError && error.status === 0,
      retryDelay: 300,
    },
  },
});
