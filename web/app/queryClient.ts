import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './problem.ts';

/** The live stream says when something changed, so what was read stays good until then. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5 * 60_000,
      gcTime: 10 * 60_000,
      retry: (failures, error) =>
        failures < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 500),
    },
  },
});
