import type { QueryPersister } from '@tanstack/react-query';
import { askOrRemember, keepAnswers } from '../offline/answers.ts';
import { LiveQueryClient } from './LiveQueryClient.ts';

/** The live stream says when something changed, so what was read stays good until then. */
export const queryClient = new LiveQueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5 * 60_000,
      gcTime: 10 * 60_000,
      // What the server says is shown, with a way to try again. Without a network the page answers from what it has
      // seen.
      retry: false,
      networkMode: 'always',
      persister: askOrRemember as QueryPersister,
    },
    // A change that cannot be sent waits in a queue that outlives the page.
    mutations: { networkMode: 'always' },
  },
});

keepAnswers(queryClient);
