import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useConnection } from '../live/live.ts';
import { queryClient } from '../query/queryClient.ts';
import { allFresh } from './answers.ts';
import { idNow } from './arrivals.ts';
import { forgetTaken } from './purgeRevoked.ts';
import { sendWaiting } from './send.ts';
import { newIds } from './waiting.ts';
import { startWorker } from './worker.ts';

/** Sends what waits as soon as the server is there, and shows what it says in place of what was kept. */
export function useOffline(): void {
  const connection = useConnection();
  const router = useRouter();
  useEffect(() => {
    if (connection !== 'open') return;
    void sendWaiting();
    allFresh(queryClient);
    void forgetTaken(queryClient);
  }, [connection]);
  useEffect(startWorker, []);
  useEffect(() => {
    // Whoever looks at a new record stays with it when it gets its name from the server.
    const goOn = (from: string, to: string) => {
      const { href } = router.state.location;
      if (from !== to && href.includes(from)) router.history.replace(href.replaceAll(from, to));
    };
    const follow = (event: Event) => {
      const { from, to } = (event as CustomEvent<{ from: string; to: string }>).detail;
      goOn(from, to);
    };
    // It may have arrived before this page was opened.
    for (const [from] of router.state.location.href.matchAll(newIds)) goOn(from, idNow(from));
    window.addEventListener('holdfast:arrived', follow);
    return () => window.removeEventListener('holdfast:arrived', follow);
  }, [router]);
}
